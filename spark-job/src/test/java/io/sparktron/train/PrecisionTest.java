package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.LossScaling;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Models that compute in 16 bits: no bit depends on where their masters lie or whether a run was stopped, and an overflow costs a step and nothing else. */
@Timeout(180)
class PrecisionTest {
    private static final ModelConfig MODEL = ModelConfig.gpt(2, 40, 4, 12, 15, 67);
    private static final int STEPS = 8;
    private static final Layout ALONE = new Layout(1, 1);

    @TempDir
    private Path folder;

    private static SmallTraining training(Precision precision, LossScaling scaling) {
        TrainingConfig config = new TrainingConfig(
                STEPS,
                1,
                4,
                5,
                new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                new Schedule(3e-3, 3e-4, 2, Schedule.Decay.COSINE, STEPS),
                BatchRamp.NONE,
                0.1,
                Recompute.NONE);
        return new SmallTraining(MODEL, config.in(precision, precision == Precision.FP16 ? scaling : LossScaling.NONE));
    }

    @ParameterizedTest
    @CsvSource({"BF16, 3, DEFERRING", "FP16, 4, PLAIN"})
    void aShardedOptimizerChangesNoBit(Precision precision, int data, Backends backend) {
        TrainingConfig config = new TrainingConfig(
                        2,
                        1,
                        12,
                        5,
                        new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                        new Schedule(3e-3, 3e-4, 0, Schedule.Decay.COSINE, 2))
                .in(precision, precision == Precision.FP16 ? new LossScaling(64, 1, 1, 1) : LossScaling.NONE);
        SmallTraining training = new SmallTraining(MODEL, config).on(backend);
        SmallTraining.Result whole = training.run(new Layout(1, data), 2);
        SmallTraining.Result sharded = training.run(new Layout(1, data, false, true), 2);
        assertThat(sharded.outcomes()).isEqualTo(whole.outcomes());
        assertThat(sharded.state()).isEqualTo(whole.state());
    }

    /** Masters, moments and the loss scale's history, saved by ranges at one layout: the same at any other, and the same run at the same one. */
    @ParameterizedTest
    @EnumSource(names = {"BF16", "FP16"})
    void resumesFromMasters(Precision precision) {
        Layout layout = new Layout(2, 2, false, true);
        SmallTraining training = training(precision, new LossScaling(0x1p24, 2, 2, 1));
        SmallTraining.Result never = training.run(layout, 6);
        SmallTraining.Result saved = training.runAndSave(layout, 3, folder);
        for (Layout other : List.of(ALONE, new Layout(1, 4, false, true), new Layout(4, 1))) {
            assertThat(training.resume(other, folder, 3).state()).isEqualTo(saved.state());
        }
        SmallTraining.Result resumed = training.resume(layout, folder, 6);
        assertThat(resumed.outcomes()).isEqualTo(never.outcomes().subList(3, 6));
        assertThat(resumed.state()).isEqualTo(never.state());
    }

    /** The scale comes down from where every gradient overflows, skipping steps, until one does not; nothing moves before that. */
    @Test
    void overflowsSkipStepsUntilTheScaleFits() {
        double initial = 0x1p24; // a logit's gradient is up to 1/48 of it, and 65,504 the largest number
        SmallTraining training = training(Precision.FP16, new LossScaling(initial, 1000, 2, 1));
        Layout layout = new Layout(2, 2, true, true);
        int skipped = (int) training.run(layout, STEPS).outcomes().stream()
                .takeWhile(TrainStep.Outcome::skipped)
                .count();
        assertThat(skipped).isBetween(2, STEPS - 1);
        SmallTraining.Result result = training.run(layout, skipped);
        assertThat(result.state()).isEqualTo(training.run(layout, 0).state());
        assertThat(result.outcomes()).allMatch(outcome -> outcome.skipped() && !outcome.fatal());
        // the first overflow is let pass, the second and each further one halve the scale for the next step
        assertThat(result.outcomes())
                .extracting(TrainStep.Outcome::lossScale)
                .containsExactlyElementsOf(IntStream.range(0, skipped)
                        .mapToObj(step -> step == 0 ? initial : initial / (1L << (step - 1)))
                        .toList());
    }

    @Test
    void theScaleDoublesAfterACleanWindow() {
        SmallTraining training = training(Precision.FP16, new LossScaling(8, 3, 1, 1));
        assertThat(training.run(ALONE, 7).outcomes())
                .extracting(TrainStep.Outcome::lossScale)
                .containsExactly(8.0, 8.0, 8.0, 16.0, 16.0, 16.0, 32.0);
    }

    /** There is no smaller scale to try. */
    @Test
    void anOverflowAtTheLeastScaleIsFatal() {
        SmallTraining training = training(Precision.FP16, new LossScaling(0x1p60, 3, 1, 0x1p60));
        TrainStep.Outcome outcome = training.run(new Layout(1, 2), 1).outcomes().get(0);
        assertThat(outcome.skipped()).isTrue();
        assertThat(outcome.fatal()).isTrue();
    }
}
