package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.Communicator;
import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.kernels.StepState;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Parameter;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Shapes at the edge of what is legal: a rank whose share of the vocabulary is nothing but padding, samples of one token, micro-batches of one sample, one head on
 * each rank, one row on each rank. The gradient of every logical parameter, the loss and the norm are those of one rank, and padding stays zero through an update.
 */
@Timeout(120)
class EdgeShapesTest {
    private static final int GLOBAL_BATCH = 4;
    private static final double UNIT_ROUNDOFF = 0x1p-24;

    @ParameterizedTest(
            name =
                    "{0}: sequence {1}, vocabulary {2}, tensor {3} x data {4}, micro-batch {5}, alignment {6}, rows shared {7}")
    @CsvSource({
        "rank 3 of 4 without a row, 7, 9, 4, 1, 2, 1, false",
        "half of the ranks without a row, 7, 67, 4, 1, 4, 64, false",
        "one token a sample, 1, 11, 2, 2, 1, 1, false",
        "one token in all of a micro-batch, 1, 11, 1, 4, 1, 8, false",
        "padding on every rank, 5, 10, 2, 2, 2, 8, false",
        "accumulation on one rank, 5, 11, 1, 1, 1, 16, false",
        "one row on each rank and one rank without a vocabulary, 4, 9, 4, 1, 1, 1, true",
        "two whole samples on each rank, 2, 11, 2, 1, 4, 8, true",
        "one row on each rank of two copies, 2, 10, 2, 2, 1, 8, true",
    })
    void equalsOneRank(
            String what,
            int sequence,
            int vocabulary,
            int tensor,
            int data,
            int microBatch,
            int alignment,
            boolean shared) {
        ModelConfig model = ModelConfig.gpt(1, 20, 4, sequence, sequence + 2, vocabulary);
        Result one = run(model, new Layout(1, 1), GLOBAL_BATCH, 1);
        Result split = run(model, new Layout(tensor, data, shared, false), microBatch, alignment);

        // Sums along a path from a weight to the loss and back: forward and backward of the layer, the head, and the
        // batch.
        double bound = 2
                * UNIT_ROUNDOFF
                * (2 * (9 * model.hidden() + model.headSize() + 2 * sequence + 2 * model.hidden() + vocabulary)
                        + GLOBAL_BATCH * sequence);
        assertThat(Math.abs(split.loss - one.loss) / one.loss).as("loss").isLessThan(bound);
        assertThat(Math.abs(split.norm - one.norm) / one.norm).as("norm").isLessThan(bound);
        assertThat(split.gradients.keySet()).isEqualTo(one.gradients.keySet());
        one.gradients.forEach((name, expected) -> {
            float[] actual = split.gradients.get(name);
            double distance = 0;
            for (int i = 0; i < expected.length; i++) {
                distance = Math.max(distance, Math.abs(actual[i] - (double) expected[i]));
            }
            assertThat(distance / one.norm).as("gradient of " + name).isLessThan(bound);
        });
    }

    /** Gradients by logical name, whole. */
    private record Result(double loss, double norm, Map<String, float[]> gradients) {}

    private static Result run(ModelConfig model, Layout layout, int microBatch, int alignment) {
        TrainingConfig config = new TrainingConfig(
                1,
                microBatch,
                GLOBAL_BATCH,
                5,
                new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                new Schedule(1e-2, 0, 0, Schedule.Decay.CONSTANT, 0));
        Map<String, float[]> gradients = new HashMap<>();
        List<TrainStep.Outcome> outcomes = new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        layout.ranks(),
                        context -> {
                            Execution on = aligned(layout, context.world(), alignment);
                            try (Trainer trainer = new Trainer(on, model, config)) {
                                trainer.state().initialize(config.seed());
                                int share = GLOBAL_BATCH / layout.data();
                                int[] next = {on.mesh().dataRank() * share};
                                TrainStep.Outcome outcome = trainer.step().run(1, () -> {
                                    next[0] += microBatch;
                                    int first = next[0] - microBatch;
                                    return Batches.at(first, microBatch, samples(model, first, microBatch));
                                });
                                for (Parameter parameter :
                                        trainer.state().parameters().all()) {
                                    collect(on.queue(), parameter, gradients);
                                    assertPaddingIsZero(on.queue(), parameter);
                                }
                                assertThat(trainer.state().readStepState().getDouble(StepState.UPDATES * Double.BYTES))
                                        .isEqualTo(1);
                                return outcome;
                            }
                        },
                        report -> {});
        assertThat(outcomes).allMatch(outcomes.get(0)::equals);
        return new Result(outcomes.get(0).loss(), outcomes.get(0).norm(), gradients);
    }

    private static void collect(Queue queue, Parameter parameter, Map<String, float[]> gradients) {
        float[] part = read(queue, parameter.used(parameter.gradient()));
        long[] global = parameter.spec().global().toArray();
        synchronized (gradients) {
            float[] whole = gradients.computeIfAbsent(
                    parameter.name(),
                    name -> new float[(int) parameter.spec().global().elements()]);
            long[] extent = parameter.box().extent();
            for (int i = 0; i < part.length; i++) {
                long rest = i;
                long at = 0;
                long stride = 1;
                for (int dimension = global.length - 1; dimension >= 0; dimension--) {
                    at += (parameter.box().start()[dimension] + rest % extent[dimension]) * stride;
                    rest /= extent[dimension];
                    stride *= global[dimension];
                }
                whole[(int) at] = part[i];
            }
        }
    }

    private static void assertPaddingIsZero(Queue queue, Parameter parameter) {
        int used = (int) parameter.used(parameter.value()).elements();
        assertThat(parameter.owned().used()).isEqualTo(used);
        for (Tensor tensor : List.of(
                parameter.value(),
                parameter.gradient(),
                parameter.owned().firstMoment(),
                parameter.owned().secondMoment())) {
            float[] all = read(queue, tensor);
            for (int i = used; i < all.length; i++) {
                assertThat(all[i]).as("padding of " + parameter.name()).isZero();
            }
        }
    }

    private static ByteBuffer samples(ModelConfig model, int first, int count) {
        int row = model.sequence() + 1;
        ByteBuffer ids = ByteBuffer.allocate(count * row * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count * row; i++) {
            ids.putInt(i * Integer.BYTES, (7 * (first * row + i) + 3) % model.vocabulary());
        }
        return ids;
    }

    private static float[] read(Queue queue, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        queue.read(tensor, bytes);
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static Execution aligned(Layout layout, Communicator world, int alignment) {
        Execution on = Backends.DEFERRING.execution(layout, world);
        Device device = new AlignedDevice(on.kernels().device(), alignment);
        return new Execution(new AlignedKernels(on.kernels(), device), on.queue(), on.mesh());
    }

    /** A device whose shares of the vocabulary are as large as a GPU's. */
    private record AlignedDevice(Device real, int vocabularyAlignment) implements Device {
        @Override
        public String description() {
            return real.description();
        }

        @Override
        public Allocator allocator() {
            return real.allocator();
        }

        @Override
        public Queue newQueue(String name) {
            return real.newQueue(name);
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private record AlignedKernels(Kernels real, Device device) implements Kernels {
        @Override
        public MatrixProducts matrix() {
            return real.matrix();
        }

        @Override
        public Normalization normalization() {
            return real.normalization();
        }

        @Override
        public Attention attention() {
            return real.attention();
        }

        @Override
        public Elementwise elementwise() {
            return real.elementwise();
        }

        @Override
        public Embedding embedding() {
            return real.embedding();
        }

        @Override
        public CrossEntropy crossEntropy() {
            return real.crossEntropy();
        }

        @Override
        public Optimization optimization() {
            return real.optimization();
        }
    }
}
