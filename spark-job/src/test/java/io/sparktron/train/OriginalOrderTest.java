package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.data.BertBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The original order of BERT's layers: loss and every gradient against {@link OriginalBert}, differentiated by central differences. */
@Timeout(120)
class OriginalOrderTest {
    private static final ModelConfig CONFIG =
            new ModelConfig(ModelConfig.Family.BERT, 2, 6, 2, 4, 5, 11, ModelConfig.LayerOrder.POST);

    private static final OriginalBert.Sample[] SAMPLES = {
        new OriginalBert.Sample(new int[] {2, 7, 3, 9}, new int[] {0, 0, 1, 1}, new int[] {-100, 5, -100, 10}, 4, 1),
        new OriginalBert.Sample(new int[] {2, 4, 3, 0}, new int[] {0, 1, 1, 0}, new int[] {-100, 8, -100, -100}, 3, 0)
    };

    /** Third derivatives of a loss of a few nats, times this squared, are far below the bar. */
    private static final double STEP = 1e-5;

    /** The golden bar. */
    private static final double BAR = 1e-5;

    static Stream<Arguments> layouts() {
        return Stream.of(
                Arguments.of(new Layout(1, 1), 2, Recompute.NONE),
                Arguments.of(new Layout(2, 1), 1, Recompute.FULL),
                Arguments.of(new Layout(1, 2), 1, Recompute.NONE),
                Arguments.of(new Layout(2, 1, true, false), 2, Recompute.SELECTIVE));
    }

    @ParameterizedTest(name = "{0} micro-batch {1} recompute {2}")
    @MethodSource("layouts")
    void isThatOfDevlin(Layout layout, int microBatch, Recompute recompute) {
        Map<String, double[]> weights = weights();
        Map<String, double[]> gradients = gradients(weights);
        double loss = new OriginalBert(CONFIG, weights).loss(SAMPLES);
        new ThreadRanks(Duration.ofSeconds(60))
                .run(
                        layout.ranks(),
                        context -> {
                            Execution on = Backends.PLAIN.execution(layout, context.world());
                            try (Trainer trainer = new Trainer(on, CONFIG, training(microBatch, recompute))) {
                                load(trainer, on, weights);
                                check(trainer, on, microBatch, loss, gradients);
                            }
                            return 0;
                        },
                        report -> {});
    }

    private static void check(
            Trainer trainer, Execution on, int microBatch, double loss, Map<String, double[]> gradients) {
        int[] next = {on.mesh().dataRank() * SAMPLES.length / on.mesh().layout().data()};
        trainer.step().accumulate(1, () -> {
            next[0] += microBatch;
            return batch(next[0] - microBatch, microBatch);
        });
        assertThat(trainer.step().losses().total()).isCloseTo(loss, within(5e-6 * loss));
        for (Parameter parameter : trainer.state().parameters().all()) {
            double[] whole = gradients.get(parameter.name());
            double largest = 0;
            for (double value : whole) {
                largest = Math.max(largest, Math.abs(value));
            }
            double[] expected = part(whole, parameter);
            float[] ours = read(on, parameter.used(parameter.gradient()));
            for (int i = 0; i < ours.length; i++) {
                assertThat((double) ours[i])
                        .as(parameter.name() + " " + i)
                        .isCloseTo(expected[i], within(BAR * Math.max(largest, 0.1)));
            }
        }
    }

    /** Large enough that every term shows. */
    private static Map<String, double[]> weights() {
        Random random = new Random(5);
        Map<String, double[]> weights = new HashMap<>();
        for (List<ParameterSpec> bucket : ModelParameters.buckets(CONFIG, 1, 1)) {
            for (ParameterSpec spec : bucket) {
                double[] values = new double[(int) spec.global().elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (spec.initial().mean() + 0.3 * random.nextGaussian());
                }
                weights.put(spec.name(), values);
            }
        }
        return weights;
    }

    private static Map<String, double[]> gradients(Map<String, double[]> weights) {
        OriginalBert bert = new OriginalBert(CONFIG, weights);
        Map<String, double[]> gradients = new HashMap<>();
        weights.forEach((name, values) -> {
            double[] gradient = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                double value = values[i];
                values[i] = value + STEP;
                double above = bert.loss(SAMPLES);
                values[i] = value - STEP;
                gradient[i] = (above - bert.loss(SAMPLES)) / (2 * STEP);
                values[i] = value;
            }
            gradients.put(name, gradient);
        });
        return gradients;
    }

    private static void load(Trainer trainer, Execution on, Map<String, double[]> weights) {
        trainer.state().initialize(1);
        for (Parameter parameter : trainer.state().parameters().all()) {
            double[] values = part(weights.get(parameter.name()), parameter);
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (double value : values) {
                bytes.putFloat((float) value);
            }
            on.queue().write(bytes.flip(), parameter.used(parameter.value()));
        }
    }

    /** The rank's box of a logical parameter. */
    private static double[] part(double[] whole, Parameter parameter) {
        Box box = parameter.box();
        double[] part = new double[(int) box.shape().elements()];
        long[] index = box.start().clone();
        for (int i = 0; i < part.length; i++) {
            long flat = 0;
            for (int dimension = 0; dimension < index.length; dimension++) {
                flat = flat * parameter.spec().global().extent(dimension) + index[dimension];
            }
            part[i] = whole[(int) flat];
            for (int dimension = index.length - 1; dimension >= 0; dimension--) {
                if (++index[dimension] < box.start()[dimension] + box.extent()[dimension]) {
                    break;
                }
                index[dimension] = box.start()[dimension];
            }
        }
        return part;
    }

    private static BertBatch batch(int first, int count) {
        ByteBuffer tokens = ints(count * CONFIG.sequence());
        ByteBuffer types = ints(count * CONFIG.sequence());
        ByteBuffer labels = ints(count * CONFIG.sequence());
        ByteBuffer lengths = ints(count);
        ByteBuffer order = ints(count);
        int targets = 0;
        for (int sample = first; sample < first + count; sample++) {
            for (int i = 0; i < CONFIG.sequence(); i++) {
                tokens.putInt(SAMPLES[sample].tokens()[i]);
                types.putInt(SAMPLES[sample].types()[i]);
                labels.putInt(SAMPLES[sample].labels()[i]);
                targets += SAMPLES[sample].labels()[i] >= 0 ? 1 : 0;
            }
            lengths.putInt(SAMPLES[sample].length());
            order.putInt(SAMPLES[sample].order());
        }
        return new BertBatch(
                Batches.positions(first, count),
                targets,
                tokens.flip(),
                types.flip(),
                labels.flip(),
                lengths.flip(),
                order.flip());
    }

    private static ByteBuffer ints(int count) {
        return ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static TrainingConfig training(int microBatch, Recompute recompute) {
        return new TrainingConfig(
                1,
                microBatch,
                SAMPLES.length,
                1,
                new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 1),
                BatchRamp.NONE,
                0,
                recompute);
    }

    private static float[] read(Execution on, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().read(tensor, bytes);
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
