package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.model.Recompute;
import io.sparktron.train.DeviceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run that goes on keeps from its start before, and what it says about what it does not keep. */
@Timeout(120)
class ResumeTest {
    @TempDir
    Path folder;

    private SmallRuns runs;

    @BeforeEach
    void runs() {
        runs = new SmallRuns(folder);
    }

    @Test
    void warnsOfAnotherSchedule() {
        runs.request("run").steps(1).run();
        runs.request("run").steps(2).peak(1e-3).run();
        assertThat(runs.progress())
                .filteredOn(line -> line.startsWith("warning: "))
                .singleElement()
                .asString()
                .contains("goes on with other settings: train.lr.peak = 0.001 (was 0.003)");
        assertThat(runs.metrics("run").get(1).lr()).isEqualTo(1e-3);
    }

    @Test
    void warnsOfAnotherBatchAndOtherValidationData() {
        runs.request("run").steps(1).validateEvery(1).run();
        runs.request("run")
                .steps(2)
                .globalBatch(8)
                .validateEvery(1)
                .validation(runs.dataset("other", 15))
                .run();
        assertThat(runs.progress())
                .filteredOn(line -> line.startsWith("warning: "))
                .singleElement()
                .asString()
                .contains("goes on with other settings: train.global-batch = 8 (was 4), data.validation = ")
                .contains("/other (was ", "/validation)");
        assertThat(runs.metrics("run").get(1).consumed()).isEqualTo(4 + 8);
    }

    /** What is dropped follows from where a sample stands in the run, so a stop between changes no bit; nor does what is computed again from then on. */
    @Test
    void dropsTheSameAfterAStop() {
        runs.request("whole").steps(4).dropout(0.2).run();
        runs.request("parts").steps(2).dropout(0.2).run();
        runs.request("parts").steps(4).dropout(0.2).recompute(Recompute.FULL).run();
        assertThat(runs.losses("parts")).isEqualTo(runs.losses("whole"));
        assertThat(runs.progress()).noneMatch(line -> line.startsWith("warning"));
        runs.request("parts").steps(5).dropout(0.1).run();
        assertThat(runs.progress())
                .filteredOn(line -> line.startsWith("warning: "))
                .singleElement()
                .asString()
                .contains("goes on with other settings: model.dropout = 0.1 (was 0.2)");
        runs.request("without").steps(1).run();
        assertThat(runs.losses("without").get(0))
                .isNotEqualTo(runs.losses("whole").get(0));
    }

    @Test
    void saysNothingWhenOnlyStepsLayoutMicroBatchAndCadenceChange() {
        runs.request("run").steps(1).run();
        runs.request("run")
                .steps(2)
                .layout(2, 2)
                .microBatch(1)
                .checkpointEvery(1)
                .validateEvery(1)
                .run();
        assertThat(runs.progress()).noneMatch(line -> line.startsWith("warning"));
        assertThat(runs.metrics("run"))
                .extracting(step -> step.validationLoss() != null)
                .containsExactly(false, true);
    }

    @Test
    void keepsThreadsAtTheSameLayoutUnlessTold() throws Exception {
        runs.request("run").steps(1).threads(3).run();
        runs.request("run").steps(2).threads(DeviceConfig.SHARE_OF_HOST).run();
        assertThat(threads()).isEqualTo(3);
        runs.request("run").steps(3).threads(2).run();
        assertThat(threads()).isEqualTo(2);
    }

    @Test
    void decidesThreadsAnewAtAnotherLayout() throws Exception {
        int odd = 2 * Runtime.getRuntime().availableProcessors() + 1; // what is never decided here
        runs.request("run").steps(1).threads(odd).run();
        runs.request("run")
                .steps(2)
                .layout(2, 1)
                .threads(DeviceConfig.SHARE_OF_HOST)
                .run();
        assertThat(threads()).isLessThan(odd);
    }

    @Test
    void keepsThreadsOfAStartThatSavedNothing() throws Exception {
        runs.request("run").steps(1).threads(3).run();
        try (var files = Files.walk(folder.resolve("run/checkpoints"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        runs.request("run").steps(1).threads(DeviceConfig.SHARE_OF_HOST).run();
        assertThat(threads()).isEqualTo(3);
    }

    @Test
    void aDamagedRunPageIsNamedAndHindersNothing() throws Exception {
        long steps = 1;
        runs.request("run").steps(steps).run();
        for (String damaged : new String[] {"{\"parallel\": {\"ten", "[]", "{\"parallel\": {\"tensor\": 0}}"}) {
            Files.writeString(folder.resolve("run/run.json"), damaged);
            runs.request("run").steps(++steps).run();
            assertThat(runs.progress()).anyMatch(line -> line.startsWith("warning: run.json of "));
            assertThat(runs.metrics("run")).hasSize((int) steps);
        }
    }

    private int threads() throws IOException {
        return new ObjectMapper()
                .readTree(Files.readString(folder.resolve("run/run.json")))
                .get("ranks")
                .get(0)
                .get("threads")
                .asInt();
    }
}
