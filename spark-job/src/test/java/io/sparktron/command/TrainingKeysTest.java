package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.run.StepMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keys say of precision and of the optimizer's state comes to ranks that Spark runs, to the run folder, and through a restart. */
@Timeout(180)
class TrainingKeysTest {
    @TempDir
    Path folder;

    @Test
    void aDividedOptimizerInFp16GoesOnAndIsEvaluated() throws IOException {
        String corpus = IntStream.range(0, 60)
                .mapToObj(i -> "{\"text\": \"" + words(i) + "\"}")
                .collect(Collectors.joining("\n"));
        Files.writeString(folder.resolve("corpus.jsonl"), corpus);
        requireDone(
                "prep",
                "prep.input=" + folder.resolve("corpus.jsonl"),
                "prep.output=" + folder.resolve("tokens"),
                "prep.sequence=16",
                "prep.rules=tokens >= 16",
                "prep.validation-fraction=0.3");
        requireDone("pretrain", settings("train.steps=3"));
        requireDone("pretrain", settings("train.steps=6"));

        List<StepMetrics> metrics = Files.readAllLines(folder.resolve("run/metrics.jsonl")).stream()
                .map(StepMetrics::parse)
                .toList();
        assertThat(metrics).extracting(StepMetrics::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        // two overflows are let pass, and the second halves the scale, as does every further one, across the restart
        assertThat(metrics)
                .extracting(StepMetrics::lossScale)
                .containsExactly(0x1p32, 0x1p32, 0x1p31, 0x1p30, 0x1p29, 0x1p28);
        assertThat(metrics).extracting(StepMetrics::gradNorm).containsOnlyNulls();
        assertThat(Files.readString(folder.resolve("run/run.json")))
                .contains("\"shardedOptimizer\" : true", "\"parallel.optimizer-sharding\" : true")
                .contains("\"precision\" : \"FP16\"", "\"train.loss-scale.window\" : 5");
        InProcess.Result evaluated = requireDone(
                "evaluate",
                "checkpoint=" + folder.resolve("run"),
                "data.validation=" + folder.resolve("tokens/validation"),
                "device.threads=1");
        assertThat(evaluated.out()).contains("\"loss\"");
    }

    private String[] settings(String steps) {
        return new String[] {
            steps,
            "run.dir=" + folder.resolve("run"),
            "data.train=" + folder.resolve("tokens/train"),
            "parallel.data=2",
            "parallel.optimizer-sharding=true",
            "train.precision=fp16",
            "train.loss-scale.window=5",
            "train.lr.decay-steps=9",
            "train.lr.warmup-steps=1",
            "train.micro-batch=1",
            "model.layers=1",
            "model.hidden=4",
            "model.heads=2",
            "device.threads=1"
        };
    }

    private static InProcess.Result requireDone(String command, String... assignments) {
        InProcess.Result result = InProcess.run(command, new ArrayList<>(Arrays.asList(assignments)));
        assertThat(result.code()).as(result.err()).isZero();
        return result;
    }

    private static String words(int document) {
        return IntStream.range(0, 40)
                .mapToObj(i -> "word" + (document * 31 + i * i) % 97)
                .collect(Collectors.joining(" "));
    }
}
