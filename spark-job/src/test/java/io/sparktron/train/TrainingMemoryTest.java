package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.StepState;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is planned for a rank is what its trainer then has. */
class TrainingMemoryTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 3, false", "2, 1, 1, false", "3, 2, 2, false", "1, 3, 1, true", "2, 2, 1, true"})
    void isWhatATrainerHolds(int tensor, int data, int microBatch, boolean sharded) {
        ModelConfig model = ModelConfig.gpt(2, 12, 3 * 2, 5, 7, 17);
        Layout layout = new Layout(tensor, data, false, sharded);
        TrainingConfig training = new TrainingConfig(
                1,
                microBatch,
                data * microBatch,
                5,
                new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 0));
        TrainingMemory planned = TrainingMemory.of(model, layout, microBatch, training.mode());
        List<Long> held = new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        layout.ranks(),
                        context -> {
                            try (Trainer trainer =
                                    new Trainer(Backends.PLAIN.execution(layout, context.world()), model, training)) {
                                return trainer.heldBytes();
                            }
                        },
                        report -> {});
        assertThat(held.get(0)).isEqualTo(planned.onHost());
        assertThat(held).allSatisfy(bytes -> assertThat(bytes).isLessThanOrEqualTo(planned.onHost()));
    }

    /** What shares rows in training, and keeps little of a layer, needs less for a step than for a loss, for which every rank has all rows. */
    @Test
    void validationFitsWhereTrainingNeedsLess() {
        ModelConfig model = ModelConfig.gpt(1, 32, 8, 16, 16, 9);
        Layout layout = new Layout(8, 1, true, false);
        TrainingConfig training = new TrainingConfig(
                1,
                2,
                2,
                5,
                new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 0),
                BatchRamp.NONE,
                0,
                Recompute.FULL);
        new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        layout.ranks(),
                        context -> {
                            Execution on = Backends.PLAIN.execution(layout, context.world());
                            try (Trainer trainer = new Trainer(on, model, training)) {
                                ByteBuffer ids = ByteBuffer.allocate(2 * (model.sequence() + 1) * Integer.BYTES);
                                trainer.batch().write(on.queue(), new long[2], ids);
                                StepState slots = trainer.state().stepState();
                                trainer.state().model().evaluate(trainer.frame(), trainer.batch(), slots);
                                assertThat(trainer.frame().peak())
                                        .isEqualTo(trainer.plan().activations());
                                return 0;
                            }
                        },
                        report -> {});
    }

    /** Moments are divided; what each saves is at most what it has of them and of the weights. */
    @Test
    void aShardedOptimizerDividesTheMoments() {
        ModelConfig gpt2 = ModelConfig.gpt(12, 768, 12, 1024, 1024, 50257);
        Mode mode = Mode.training(0, Recompute.NONE, 5);
        TrainingMemory whole = TrainingMemory.of(gpt2, new Layout(2, 8), 4, mode);
        TrainingMemory sharded = TrainingMemory.of(gpt2, new Layout(2, 8, false, true), 4, mode);
        long padding = 14L * 8 * 4096 * Float.BYTES; // of 14 buckets
        assertThat(sharded.weights()).isBetween(whole.weights(), whole.weights() + padding);
        assertThat(sharded.gradients()).isEqualTo(sharded.weights());
        assertThat(sharded.moments()).isEqualTo(2 * sharded.weights() / 8);
        assertThat(sharded.saved()).isEqualTo(3 * sharded.weights() / 8);
    }

    /** Each weight has 2 bytes to compute with and 4 to be updated in, which a sharded optimizer divides. */
    @Test
    void sixteenBitsNeedMasters() {
        ModelConfig gpt2 = ModelConfig.gpt(12, 768, 12, 1024, 1024, 50257);
        Mode mode = Mode.training(0, Recompute.NONE, 5);
        TrainingMemory wide = TrainingMemory.of(gpt2, new Layout(1, 4), 4, mode);
        TrainingMemory half =
                TrainingMemory.of(gpt2, new Layout(1, 4), 4, mode, DType.BFLOAT16, DeviceConfig.Kind.HOST);
        assertThat(half.gradients()).isEqualTo(wide.gradients());
        assertThat(half.weights()).isEqualTo(half.gradients() / 2 + half.gradients());
        // probabilities of attention and statistics of norms and losses stay float32
        assertThat(half.activations()).isBetween(wide.activations() / 2, wide.activations() * 3 / 4);
        // the largest call is the logits' product, 4,096 x 768 by 50,257 x 768, whose operands are widened
        long product = 4L * (4096L * 768 + 50257L * 768 + 4096L * 50257);
        assertThat(half.buffers() - wide.buffers()).isEqualTo(product + 3 * Frame.ALIGNMENT);
        TrainingMemory sharded =
                TrainingMemory.of(gpt2, new Layout(1, 4, false, true), 4, mode, DType.BFLOAT16, DeviceConfig.Kind.HOST);
        assertThat(sharded.weights()).isEqualTo(sharded.gradients() / 2 + sharded.gradients() / 4);
    }

    /** 124 million parameters, four float32 for each, rounded up to whole chunks. */
    @Test
    void gpt2NeedsSixteenBytesAParameter() {
        ModelConfig gpt2 = ModelConfig.gpt(12, 768, 12, 1024, 1024, 50257);
        TrainingMemory memory = TrainingMemory.of(gpt2, new Layout(1, 1), 4, Mode.training(0, Recompute.NONE, 5));
        long parameters = 4 * gpt2.parameters();
        assertThat(memory.weights()).isBetween(parameters, parameters + 148 * 4096 * 4);
        assertThat(memory.gradients()).isEqualTo(memory.weights());
        assertThat(memory.moments()).isEqualTo(2 * memory.weights());
        assertThat(memory.saved()).isEqualTo(3 * parameters); // weights and moments, without what rounds them up
        assertThat(memory.withSavesInBackground().onHost()).isEqualTo(memory.onHost() + memory.saved());
        long mib = 1 << 20;
        assertThat(memory.overheadMiB(1, 2, 1000 * mib))
                .isEqualTo((memory.onHost() + mib - 1) / mib + 2 * 32 + 100 + 384);
        assertThat(memory.overheadMiB(2, 1, 0)).isEqualTo((2 * memory.onHost() + mib - 1) / mib + 2 * 32 + 384);
    }
}
