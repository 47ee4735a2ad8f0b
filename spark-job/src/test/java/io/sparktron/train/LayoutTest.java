package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.random.Philox;
import io.sparktron.rank.ThreadRanks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
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
    private static final double UNIT_ROUNDOFF = 0x1p-24;
    private static final int DISTURBED_RUNS = 8;

    @ParameterizedTest(name = "tensor {0} x data {1}, micro-batch {2}")
    @CsvSource({"2, 1, 4", "1, 2, 2", "2, 2, 1", "4, 1, 2", "1, 4, 1", "1, 1, 1"})
    void lossCurvesAgree(int tensor, int data, int microBatch) {
        List<TrainStep.Outcome> one = Reference.UNDISTURBED;
        List<TrainStep.Outcome> split = train(Backends.PLAIN, new Layout(tensor, data), microBatch, 0);
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
        Layout layout = new Layout(2, 2);
        assertThat(train(backend, layout, 1, 0)).isEqualTo(train(backend, layout, 1, 0));
    }

    @Test
    void deferringChangesNoBit() {
        Layout layout = new Layout(2, 2);
        assertThat(train(Backends.DEFERRING, layout, 2, 0)).isEqualTo(train(Backends.PLAIN, layout, 2, 0));
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
        static final List<TrainStep.Outcome> UNDISTURBED = train(Backends.PLAIN, new Layout(1, 1), 4, 0);
        static final double[] SPREAD = new double[STEPS];

        static {
            for (int run = 1; run <= DISTURBED_RUNS; run++) {
                List<TrainStep.Outcome> disturbed = train(Backends.PLAIN, new Layout(1, 1), 4, run);
                double furthest = 0;
                for (int step = 0; step < STEPS; step++) {
                    furthest = Math.max(furthest, distance(UNDISTURBED, disturbed, step));
                    SPREAD[step] = Math.max(SPREAD[step], furthest);
                }
            }
        }
    }

    /**
     * @param disturbance 0, or which random choice of neighbours the weights are moved to
     */
    private static List<TrainStep.Outcome> train(Backends backend, Layout layout, int microBatch, long disturbance) {
        TrainingConfig config = new TrainingConfig(
                STEPS,
                microBatch,
                GLOBAL_BATCH,
                5,
                new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1.0),
                new Schedule(3e-3, 3e-4, 2, Schedule.Decay.COSINE, STEPS));
        List<ArrayList<TrainStep.Outcome>> outcomes = new ThreadRanks(Duration.ofSeconds(60))
                .run(
                        layout.ranks(),
                        context -> {
                            var on = backend.execution(layout, context.world());
                            ArrayList<TrainStep.Outcome> losses = new ArrayList<>();
                            try (Trainer trainer = new Trainer(on, MODEL, config)) {
                                trainer.state().initialize(config.seed());
                                if (disturbance != 0) {
                                    Disturbance.apply(on.queue(), trainer.state(), disturbance);
                                }
                                int share = GLOBAL_BATCH / layout.data();
                                for (int step = 1; step <= STEPS; step++) {
                                    int[] next = {
                                        (step - 1) * GLOBAL_BATCH + on.mesh().dataRank() * share
                                    };
                                    losses.add(trainer.step().run(step, () -> {
                                        next[0] += microBatch;
                                        int first = next[0] - microBatch;
                                        return Batches.at(first, microBatch, samples(first, microBatch));
                                    }));
                                }
                            }
                            return losses;
                        },
                        report -> {});
        assertThat(outcomes).as("every rank sees the same").allMatch(outcomes.get(0)::equals);
        return outcomes.get(0);
    }

    /** Sample p, position i: skewed, so that there is something to learn. */
    private static ByteBuffer samples(int first, int count) {
        int row = MODEL.sequence() + 1;
        ByteBuffer ids = ByteBuffer.allocate(count * row * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int[] block = new int[Philox.WORDS];
        for (int i = 0; i < count * row; i++) {
            Philox.block(11, (long) first * row + i, 0, block);
            int id = Math.floorMod(block[0], MODEL.vocabulary());
            ids.putInt(i * Integer.BYTES, id * id / MODEL.vocabulary());
        }
        return ids;
    }
}
