package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.evaluate.Evaluate;
import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.evaluate.Evaluation;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.run.StepMetrics;
import io.sparktron.storage.Place;
import io.sparktron.train.DeviceConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run folder and its datasets promise on whatever file system they lie. */
@Timeout(180)
abstract class RunFolderSuite {
    private static final String STEP_3 = "run/checkpoints/step-00000003";
    private static final String STEP_6 = "run/checkpoints/step-00000006";

    @TempDir
    Path folder;

    private Place place;
    private SmallRuns runs;

    /** A place for one test. */
    abstract Place place(Path local);

    @BeforeEach
    void place() {
        place = place(folder.resolve("place"));
        runs = new SmallRuns(place.root(), place.hadoop());
    }

    /** Killed while it saved step 6 and wrote a line: the manifest is not there, the line is half, and so are files on their way. */
    @Test
    void aKilledRunGoesOnToTheBitsOfAnUndisturbedOne() throws IOException {
        SmallRuns local = new SmallRuns(folder.resolve("local"));
        local.request("run").layout(2, 1).steps(9).validateEvery(9).run();
        request(6).run();
        place.delete(STEP_6 + "/manifest.json");
        byte[] metrics = place.read("run/metrics.jsonl");
        place.write("run/metrics.jsonl", Arrays.copyOf(metrics, metrics.length - 20));
        place.write("run/.metrics.jsonl.temporary", "half".getBytes(StandardCharsets.UTF_8));
        place.write(STEP_6 + "/.manifest.json.temporary", "{\"for".getBytes(StandardCharsets.UTF_8));
        assertThat(Checkpoint.open(runs.folder("run"), place.hadoop())
                        .metadata()
                        .step())
                .isEqualTo(3);

        request(9).run();
        assertThat(runs.metrics("run"))
                .extracting(StepMetrics::step)
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(runs.losses("run")).isEqualTo(local.losses("run"));
        assertThat(place.list("run")).contains("checkpoints", "lease", "metrics.jsonl", "run.json");
        assertThat(place.list("run/checkpoints")).containsExactly("step-00000003", "step-00000006", "step-00000009");
        assertThat(place.list(STEP_6))
                .filteredOn(name -> name.endsWith(".contents.json"))
                .isEmpty();
        assertThat(evaluate(runs, place.hadoop())).isEqualTo(evaluate(local, SmallRuns.HADOOP));
    }

    /** Metrics of saved steps are in the manifests. */
    @Test
    void linesThatAreMissingComeFromTheCheckpoints() throws IOException {
        request(6).run();
        List<Double> losses = runs.losses("run");
        place.delete("run/metrics.jsonl");
        place.delete("run/run.json");

        request(7).run();
        assertThat(runs.losses("run")).hasSize(7).startsWith(losses.toArray(Double[]::new));
    }

    @Test
    void damageIsNamedAndNothingIsWritten() throws IOException {
        request(3).run();
        String shard = place.list(STEP_3).stream()
                .filter(name -> name.endsWith("rank-00000.safetensors"))
                .findFirst()
                .orElseThrow();
        byte[] content = place.read(STEP_3 + "/" + shard);
        List<String> before = place.list("run/checkpoints");

        content[content.length - 7] ^= 4;
        place.write(STEP_3 + "/" + shard, content);
        assertRefused(shard, "is damaged");
        place.delete(STEP_3 + "/" + shard);
        assertRefused(shard, "is missing");
        assertThat(place.list("run/checkpoints")).isEqualTo(before);
        assertThat(runs.metrics("run")).hasSize(3);
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(request(6)::run)
                .hasStackTraceContaining("InvalidInputException")
                .hasMessageContainingAll(words);
    }

    private SmallRuns.Request request(long steps) {
        return runs.request("run")
                .layout(2, 1)
                .checkpointEvery(3)
                .validateEvery(9)
                .steps(steps);
    }

    private static Evaluation evaluate(SmallRuns runs, Configuration hadoop) {
        return Evaluate.run(
                new EvaluateRequest(
                        runs.folder("run"),
                        runs.dataset("validation", 12),
                        new Layout(2, 1),
                        2,
                        new DeviceConfig(DeviceConfig.Kind.HOST, 1)),
                new ThreadRanks(Duration.ofSeconds(60)),
                hadoop);
    }
}
