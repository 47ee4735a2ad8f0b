package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.run.StepMetrics;
import io.sparktron.train.BatchRamp;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose global batch grows from 2 by 2 to 6, the second time after 10 of 20 samples. */
@Timeout(120)
class BatchRampRunTest {
    private static final BatchRamp RAMP = new BatchRamp(2, 2, 20);
    private static final int WHOLE = 6;
    private static final int STEPS = 11;

    @TempDir
    Path folder;

    private SmallRuns runs;

    @BeforeEach
    void runs() {
        runs = new SmallRuns(folder);
    }

    private SmallRuns.Request request(String run) {
        return runs.request(run).microBatch(1).globalBatch(WHOLE).ramp(RAMP).steps(STEPS);
    }

    @Test
    void stepsCountWhatTheirBatchHolds() {
        request("run").layout(1, 2).validateEvery(5).validateBatches(3).run();
        List<StepMetrics> metrics = runs.metrics("run");
        assertThat(metrics)
                .extracting(StepMetrics::consumed)
                .containsExactly(2L, 4L, 6L, 8L, 10L, 14L, 18L, 22L, 28L, 34L, 40L);
        assertThat(metrics)
                .extracting(step -> step.tokens() / SmallRuns.SEQUENCE)
                .containsExactly(2L, 2L, 2L, 2L, 2L, 4L, 4L, 4L, 6L, 6L, 6L);
    }

    @Test
    void theFirstStepIsThatOfARunOfItsBatch() {
        request("run").run();
        runs.request("small").microBatch(1).globalBatch(2).steps(5).run();
        assertThat(runs.losses("run").subList(0, 5)).isEqualTo(runs.losses("small"));
        assertThat(runs.metrics("run").get(4).gradNorm())
                .isEqualTo(runs.metrics("small").get(4).gradNorm());
    }

    @Test
    void goesOnInTheMiddleOfTheRampAndOfAPartOfItAsIfNeverStopped() {
        request("whole").layout(2, 2).run();
        for (int stop : new int[] {3, 6, 9}) {
            String run = "stopped" + stop;
            request(run).layout(2, 2).steps(stop).run();
            request(run).layout(2, 2).run();
            assertThat(runs.progress()).noneMatch(line -> line.startsWith("warning"));
            assertThat(runs.losses(run)).isEqualTo(runs.losses("whole"));
            assertThat(runs.metrics(run))
                    .extracting(StepMetrics::consumed)
                    .isEqualTo(runs.metrics("whole").stream()
                            .map(StepMetrics::consumed)
                            .toList());
        }
    }

    @Test
    void everyLayoutTakesTheSameSamples() {
        request("one").run();
        request("three").layout(2, 2).microBatch(1).run();
        for (int i = 0; i < STEPS; i++) {
            // Steps of 1e-3 through losses near 4: rounding alone would not move the fourth digit.
            assertThat(runs.losses("three").get(i) / runs.losses("one").get(i)).isBetween(1 - 1e-4, 1 + 1e-4);
        }
    }

    @Test
    void warnsOfAnotherRamp() {
        request("run").steps(2).run();
        request("run").ramp(new BatchRamp(4, 2, 20)).steps(3).run();
        assertThat(runs.progress())
                .filteredOn(line -> line.startsWith("warning: "))
                .singleElement()
                .asString()
                .contains("train.batch-ramp = from 4 by 2 over 20 samples (was from 2 by 2 over 20 samples)");
        assertThat(runs.metrics("run").get(2).consumed()).isEqualTo(2 + 2 + 4);
    }
}
