package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real {@code bin/sparktron preflight} on executor processes: where all is well, and where much is wrong at once. */
class PreflightIT {
    private static final String EXECUTORS = "local-cluster[2,1,512]";
    private static final int SEQUENCE = 8;

    @TempDir
    Path folder;

    private Path tokens(String name) throws IOException {
        Path tokens = folder.resolve(name);
        var path = new org.apache.hadoop.fs.Path(tokens.toUri());
        try (SampleWriter writer =
                new SampleWriter(path, "part-0.parquet", "part-0.parquet", 0, SEQUENCE, new Configuration())) {
            for (int sample = 0; sample < 20; sample++) {
                int[] ids = new int[SEQUENCE + 1];
                Arrays.fill(ids, sample);
                writer.write(ids);
            }
            new Manifest(
                            "gpt",
                            SEQUENCE,
                            20,
                            new Manifest.Vocabulary("gpt2", 67, 66),
                            List.of(writer.finish()),
                            null,
                            Map.of())
                    .write(path, new Configuration());
        }
        return tokens;
    }

    private Launcher.Result preflight(String master, String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("--master", master, "preflight"));
        List<String> all = new ArrayList<>(
                List.of("train.steps=3", "model.layers=1", "model.hidden=16", "model.heads=2", "device.threads=1"));
        Collections.addAll(all, settings);
        all.forEach(setting -> Collections.addAll(arguments, "--set", setting));
        return Launcher.run(folder, arguments.toArray(String[]::new));
    }

    @Test
    void aGoodClusterIsReadyToTrain() throws Exception {
        Launcher.Result result = preflight(
                EXECUTORS,
                "parallel.tensor=2",
                "data.train=" + tokens("tokens"),
                "data.validation=" + tokens("validation"),
                "run.dir=run",
                "preflight.json=true");
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        JsonNode page = new ObjectMapper().readTree(result.out());
        assertThat(page.path("exit").intValue()).isZero();
        assertThat(page.path("findings").findValuesAsText("level")).containsOnly("ok");
        assertThat(page.path("findings").findValuesAsText("check"))
                .contains(
                        "slots",
                        "data.train",
                        "data.validation",
                        "run.dir",
                        "plan",
                        "vector module",
                        "matrix product",
                        "network",
                        "clock",
                        "serialization",
                        "host memory",
                        "communicator");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void aWrongConfigurationIsToldAsAWhole() throws Exception {
        Path torn = tokens("torn");
        Path file = torn.resolve("part-0.parquet");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
        String[] settings = {"parallel.tensor=3", "model.heads=4", "data.train=" + torn, "run.dir=/proc/none"};
        Launcher.Result result = preflight(EXECUTORS, settings);
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.out())
                .containsPattern(
                        "problem +slots: .*3 ranks.*at most 2 slots.*; fix: --master 'local-cluster\\[3,1,512]'")
                .containsPattern(
                        "problem +layout: parallel.tensor = 3 does not divide model.heads = 4.*; fix: --set parallel.tensor=2")
                .containsPattern("problem +data.train: .*part-0.parquet has 100 bytes.*; fix: prepare it again")
                .containsPattern("problem +run.dir: .*/proc/none.*; fix: --set run.dir=FOLDER")
                .containsPattern("ok +vector module: ");

        settings[0] = "parallel.tensor=2";
        List<String> pretrain = new ArrayList<>(List.of("pretrain", "--set", "train.steps=3"));
        Arrays.stream(settings).forEach(setting -> Collections.addAll(pretrain, "--set", setting));
        Launcher.Result refused = Launcher.run(folder, pretrain.toArray(String[]::new));
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .containsPattern("sparktron: data.train: .*part-0.parquet has 100 bytes")
                .containsPattern("sparktron: run.dir: .*/proc/none")
                .doesNotContain("starting Spark");
    }

    @Test
    void aMachineThatIsTooSmallIsItsOwnProblem() throws Exception {
        Launcher.Result result = preflight(
                EXECUTORS,
                "data.train=" + tokens("tokens"),
                "run.dir=run",
                "model.layers=96",
                "model.hidden=8192",
                "train.checkpoint-keep=30");
        assertThat(result.code()).as(result.out() + result.err()).isEqualTo(1);
        assertThat(result.out())
                .containsPattern("problem +host memory: host .* available, its 2 ranks need .* TiB for tensors; fix: ")
                .containsPattern(
                        "problem +space: .* free in .*, 31 more checkpoints of .* GiB to come; fix: free .* TiB there");
    }
}
