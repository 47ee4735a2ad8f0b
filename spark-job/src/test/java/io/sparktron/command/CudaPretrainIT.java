package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.pretrain.SmallRuns;
import io.sparktron.run.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run in executor processes on pretended GPUs, which a Worker discovers and Spark hands out. */
@Tag("doubles")
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class CudaPretrainIT {
    private static final String FIND_GPUS =
            Path.of("../conf/find-gpus.sh").toAbsolutePath().normalize().toString();

    @TempDir
    Path folder;

    @Test
    void eachExecutorTrainsOnTheGpuThatSparkGaveIt() throws Exception {
        List<String> training = training(new SmallRuns(folder).dataset("train", 11));
        List<String> onGpus = new ArrayList<>(List.of("--master", "local-cluster[1,2,2048]"));
        for (String setting : List.of(
                "spark.executor.cores=1",
                "spark.executor.memory=1g",
                "spark.worker.resource.gpu.amount=4",
                "spark.worker.resource.gpu.discoveryScript=" + FIND_GPUS,
                "spark.executor.resource.gpu.amount=1")) {
            onGpus.addAll(List.of("--conf", setting));
        }
        onGpus.addAll(training);
        onGpus.addAll(List.of("--set", "run.dir=gpus", "--set", "device.kind=cuda"));
        Launcher.Result cuda = Launcher.runOnGpus(4, folder, onGpus.toArray(String[]::new));
        assertThat(cuda.code()).as(cuda.err()).isZero();
        assertThat(cuda.err())
                .contains("device.kind = cuda: 2 x Pretended GPU")
                .containsPattern("2 ranks ready, each like rank [01]: cuda: ");

        List<String> onHost = new ArrayList<>(training);
        onHost.addAll(List.of("--set", "run.dir=host")); // auto, where there is no GPU
        Launcher.Result host = Launcher.run(folder, onHost.toArray(String[]::new));
        assertThat(host.code()).as(host.err()).isZero();
        assertThat(host.err()).contains("device.kind = auto: host, since no rank has a GPU: ");

        List<Double> losses = losses("gpus");
        assertThat(losses).hasSize(3);
        for (int step = 0; step < losses.size(); step++) {
            assertThat(losses.get(step)).isCloseTo(losses("host").get(step), Percentage.withPercentage(1e-3));
        }
        JsonNode ranks = new ObjectMapper()
                .readTree(folder.resolve("gpus/run.json").toFile())
                .get("ranks");
        assertThat(ranks)
                .extracting(rank -> rank.get("device").asText().replaceAll(".*(GPU-[0-9a-f-]+).*", "$1"))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .allMatch(uuid -> uuid.startsWith("GPU-70726574-656e-6465-6400-"));
        assertThat(ranks).extracting(rank -> rank.get("process").asLong()).doesNotHaveDuplicates();
    }

    private static List<String> training(String data) {
        List<String> arguments = new ArrayList<>(List.of("pretrain"));
        for (String setting : List.of(
                "data.train=" + data,
                "model.layers=2",
                "model.hidden=40",
                "model.heads=4",
                "parallel.tensor=2",
                "parallel.data=1",
                "train.micro-batch=2",
                "train.global-batch=4",
                "train.steps=3",
                "device.threads=1")) {
            arguments.addAll(List.of("--set", setting));
        }
        return arguments;
    }

    private List<Double> losses(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl")).stream()
                .map(line -> StepMetrics.parse(line).loss())
                .toList();
    }
}
