package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One seed, many layouts: the same model. */
@Timeout(300)
class LayoutTest {
    private static final ModelConfig MODEL = ModelConfig.gpt(2, 40, 4, 13, 15, 67);
    private static final int STEPS = 12;
    private static final int GLOBAL_BATCH = 4;
    private static final TinyRun RUN = TinyRun.of(MODEL, STEPS, GLOBAL_BATCH);
    private static final double UNIT_ROUNDOFF = 0x1p-24;
    private static final int DISTURBED_RUNS = 8;

    @ParameterizedTest(name = "tensor {0} x data {1}, micro-batch {2}")
    @CsvSource({"2, 1, 4", "1, 2, 2", "2, 2, 1", "4, 1, 2", "1, 4, 1", "1, 1, 1"})
    void lossCurvesAgree(int tensor, int data, int microBatch) {
        List<TrainStep.Outcome> one = Reference.UNDISTURBED;
        List<TrainStep.Outcome> split =
                RUN.at(new Layout(tensor, data), microBatch).outcomes();
        assertThat(distance(one, split, 0)).as("loss of step 1").isLessThan(firstStepBound());
        for (int step = 1; step < STEPS; step++) {
            assertThat(distance(one, split, step))
                    .as("loss of step " + (step + 1))
                    .isLessThan(4 * Reference.SPREAD[step]);
        }
    }

    @ParameterizedTest
    @EnumSource(Backends.class)
    void twiceTheSameLayoutIsTheSameBits(Backends backend) {
        TinyRun run = RUN.on(backend).at(new Layout(2, 2), 1);
        assertThat(run.outcomes()).isEqualTo(run.outcomes());
    }

    @Test
    void deferringChangesNoBit() {
        TinyRun run = RUN.at(new Layout(2, 2), 2);
        assertThat(run.on(Backends.DEFERRING).outcomes()).isEqualTo(run.outcomes());
    }

    @Test
    void lossFalls() {
        List<TrainStep.Outcome> one = Reference.UNDISTURBED;
        assertThat(one.get(0).loss()).isCloseTo(Math.log(MODEL.vocabulary()), withinPercentage(5));
        assertThat(one.get(STEPS - 1).loss()).isLessThan(one.get(0).loss() - 0.1);
    }

    /**
     * First-order bound of the loss's relative error on each side: unit roundoff times the lengths of the sums that an element passes one after the other, in every
     * layer h (norm), h (query), d (score), s (softmax), s (values), h (output), h (norm), h and 4h (MLP), then h (norm), h and V (loss).
     */
    private static double firstStepBound() {
        int h = MODEL.hidden();
        int layer = 9 * h + MODEL.headSize() + 2 * MODEL.sequence();
        int lengths = MODEL.layers() * layer + 2 * h + MODEL.vocabulary();
        return 2 * UNIT_ROUNDOFF * lengths * Math.log(MODEL.vocabulary());
    }

    private static double distance(List<TrainStep.Outcome> a, List<TrainStep.Outcome> b, int step) {
        return Math.abs(a.get(step).loss() - b.get(step).loss());
    }

    /** One rank, undisturbed, and how far 8 runs that start one unit in the last place away have strayed by each step. */
    private static final class Reference {
        static final List<TrainStep.Outcome> UNDISTURBED = RUN.outcomes();
        static final double[] SPREAD = new double[STEPS];

        static {
            for (int run = 1; run <= DISTURBED_RUNS; run++) {
                List<TrainStep.Outcome> disturbed = RUN.disturbed(run).outcomes();
                double furthest = 0;
                for (int step = 0; step < STEPS; step++) {
                    furthest = Math.max(furthest, distance(UNDISTURBED, disturbed, step));
                    SPREAD[step] = Math.max(SPREAD[step], furthest);
                }
            }
        }
    }
}
