package io.sparktron.kernels;

import static io.sparktron.kernels.Bounds.assertSame;
import static io.sparktron.kernels.Bounds.assertWithin;
import static io.sparktron.kernels.StepState.BETA1_POWER;
import static io.sparktron.kernels.StepState.BETA2_POWER;
import static io.sparktron.kernels.StepState.CLIP;
import static io.sparktron.kernels.StepState.LEARNING_RATE;
import static io.sparktron.kernels.StepState.LOSS_SCALE;
import static io.sparktron.kernels.StepState.NORM;
import static io.sparktron.kernels.StepState.SKIPPED;
import static io.sparktron.kernels.StepState.SQUARED_NORM;
import static io.sparktron.kernels.StepState.UPDATES;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#all")
record OptimizationTest(Backends backend) {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.95;
    private static final double EPSILON = 1e-8;
    private static final double DECAY = 0.1;
    private static final int[] LENGTHS = {0, 1, 17, Optimization.CHUNK, 3 * Optimization.CHUNK + 1237, 40_001};

    /** Squares are exact in double; the additions of a chunk are rounded there. */
    @Test
    void sumOfSquares() {
        for (int n : LENGTHS) {
            Tensor x = normal(1, n);
            int chunks = (n + Optimization.CHUNK - 1) / Optimization.CHUNK;
            Tensor expected = zeros(DType.FLOAT64, chunks);
            Tensor actual = zeros(DType.FLOAT64, chunks);
            Backends.ORACLE.run(o -> on(o).sumOfSquares(o.queue(), x, expected));
            backend.run(o -> on(o).sumOfSquares(o.queue(), x, actual));
            for (int i = 0; i < chunks; i++) {
                double sum = Elements.get(expected, i);
                assertThat(Elements.get(actual, i)).isCloseTo(sum, within(2 * Optimization.CHUNK * 0x1p-53 * sum));
            }
        }
    }

    /** A chunk's sum is that of the same elements in a tensor of their own. */
    @Test
    void sumsOfChunksDoNotDependOnTheTensor() {
        Tensor x = normal(1, 3 * Optimization.CHUNK + 1237);
        Tensor all = zeros(DType.FLOAT64, 4);
        Tensor last = zeros(DType.FLOAT64, 2);
        backend.run(o -> on(o).sumOfSquares(o.queue(), x, all));
        backend.run(
                o -> on(o).sumOfSquares(o.queue(), x.rows(2 * Optimization.CHUNK, Optimization.CHUNK + 1237), last));
        assertThat(values(last)).containsExactly(values(all.rows(2, 2)));
    }

    @Test
    void sumAddsInOrder() {
        for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
            Tensor x = zeros(type, 1001);
            Tensor expected = zeros(DType.FLOAT64, 1);
            Tensor actual = zeros(DType.FLOAT64, 1);
            Backends.ORACLE.run(o -> o.kernels().elementwise().copy(o.queue(), normal(1, 1001), x));
            for (int twice = 0; twice < 2; twice++) {
                Backends.ORACLE.run(o -> on(o).sum(o.queue(), x, expected));
                backend.run(o -> on(o).sum(o.queue(), x, actual));
            }
            assertSame("total", actual, expected);
        }
    }

    @Test
    void decide() {
        for (double clip : new double[] {0, 1, 100}) {
            Tensor expected = state(31);
            Tensor actual = state(31);
            for (int step = 0; step < 3; step++) {
                Backends.ORACLE.run(o -> on(o).decide(o.queue(), expected, clip, BETA1, BETA2, LossScaling.NONE));
                backend.run(o -> on(o).decide(o.queue(), actual, clip, BETA1, BETA2, LossScaling.NONE));
            }
            assertSame("state", actual, expected);
            double norm = Math.sqrt(31) / 4;
            assertThat(Elements.get(actual, NORM)).isEqualTo(norm);
            assertThat(Elements.get(actual, CLIP)).isEqualTo((clip == 1 ? 1 / (norm + 1e-6) : 1) / 4);
            assertThat(Elements.get(actual, UPDATES)).isEqualTo(3);
            assertThat(Elements.get(actual, BETA1_POWER)).isEqualTo(BETA1 * BETA1 * BETA1);
        }
    }

    @Test
    void aNormThatIsNotFiniteSkipsTheUpdate() {
        for (double squares : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Tensor state = state(squares);
            Tensor before = copyOf(state);
            Update update = Update.of(1013);
            Update untouched = update.copy();
            backend.run(o -> {
                on(o).decide(o.queue(), state, 1, BETA1, BETA2, LossScaling.NONE);
                update.enqueue(o, state);
            });
            assertThat(Elements.get(state, SKIPPED)).isEqualTo(1);
            assertThat(Elements.get(state, StepState.FATAL)).isEqualTo(1);
            for (int slot : new int[] {CLIP, UPDATES, BETA1_POWER, BETA2_POWER, LEARNING_RATE, LOSS_SCALE}) {
                assertThat(Elements.get(state, slot)).isEqualTo(Elements.get(before, slot));
            }
            assertSame("parameter", update.parameter, untouched.parameter);
            assertSame("first moment", update.firstMoment, untouched.firstMoment);
            assertSame("second moment", update.secondMoment, untouched.secondMoment);
        }
    }

    /**
     * m is two rounded products, of rounded factors, and a sum; v one product more. The update has m's error, and as relative ones half of v's, the
     * root, the fused sum with its factor, the quotient, the step and its factor.
     */
    @Test
    void adamW() {
        for (int n : LENGTHS) {
            Tensor state = state(31);
            Backends.ORACLE.run(o -> on(o).decide(o.queue(), state, 1, BETA1, BETA2, LossScaling.NONE));
            Update start = Update.of(n);
            Update expected = start.copy();
            Update actual = start.copy();
            Backends.ORACLE.run(o -> expected.enqueue(o, state));
            backend.run(o -> actual.enqueue(o, state));
            double clip = Elements.get(state, CLIP);
            double rate = Elements.get(state, LEARNING_RATE);
            assertWithin(
                    "first moment",
                    actual.firstMoment,
                    expected.firstMoment,
                    i -> 5,
                    i -> start.firstMagnitude(i, clip));
            assertWithin(
                    "second moment",
                    actual.secondMoment,
                    expected.secondMoment,
                    i -> 7,
                    i -> Elements.get(expected.secondMoment, i));
            assertWithin("parameter", actual.parameter, expected.parameter, i -> 1, i -> {
                double denominator = Math.sqrt(Elements.get(expected.secondMoment, i) / (1 - BETA2)) + EPSILON;
                double update = rate / (1 - BETA1) * start.firstMagnitude(i, clip) / denominator;
                return 3 * Math.abs(Elements.get(start.parameter, i)) + (5 + 4 + 8) * update;
            });
        }
    }

    /** A shard may begin anywhere: its elements move as those of the whole. */
    @Test
    void anElementMovesAlikeInEveryShard() {
        Tensor state = state(31);
        Update whole = Update.of(40_001);
        Update shards = whole.copy();
        backend.run(o -> {
            on(o).decide(o.queue(), state, 1, BETA1, BETA2, LossScaling.NONE);
            whole.enqueue(o, state);
            shards.rows(0, 13_339).enqueue(o, state);
            shards.rows(13_339, 40_001 - 13_339).enqueue(o, state);
        });
        assertSame("parameter", shards.parameter, whole.parameter);
        assertSame("second moment", shards.secondMoment, whole.secondMoment);
    }

    @Test
    void wrongOperandsAreNamed() {
        assertThatThrownBy(() -> backend.run(o -> on(o).sumOfSquares(o.queue(), zeros(4097), zeros(2))))
                .hasMessage("sums is FLOAT32, expected FLOAT64");
        assertThatThrownBy(() -> backend.run(o -> on(o).decide(o.queue(), zeros(3), 1, BETA1, BETA2, LossScaling.NONE)))
                .hasMessage("state has shape [3], expected [32]");
        Update update = new Update(zeros(5), zeros(4), zeros(5), zeros(5));
        assertThatThrownBy(() -> backend.run(o -> update.enqueue(o, state(1))))
                .hasMessage("gradient has shape [4], expected [5], that of parameter");
        Update wide = Update.of(5);
        assertThatThrownBy(() -> backend.run(o -> wide.enqueue(o, state(1), zeros(5))))
                .hasMessageStartingWith("value is FLOAT32[5] in ")
                .hasMessageEndingWith("; legal: a tensor of a 16-bit type, or the parameter itself");
    }

    private static Optimization on(Backends backend) {
        return backend.kernels().optimization();
    }

    /** Before the first step, with a loss scale of 4. */
    private static Tensor state(double squaredNorm) {
        Tensor state = zeros(DType.FLOAT64, StepState.SLOTS);
        Elements.set(state, LEARNING_RATE, 3e-4);
        Elements.set(state, LOSS_SCALE, 4);
        Elements.set(state, SQUARED_NORM, squaredNorm);
        Elements.set(state, BETA1_POWER, 1);
        Elements.set(state, BETA2_POWER, 1);
        return state;
    }

    private record Update(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment) {
        static Update of(int n) {
            return new Update(normal(1, n), normal(2, n), normal(3, n), Bounds.map(normal(4, n), v -> v * v));
        }

        Update copy() {
            return new Update(copyOf(parameter), gradient, copyOf(firstMoment), copyOf(secondMoment));
        }

        Update rows(long first, long rows) {
            return new Update(
                    parameter.rows(first, rows),
                    gradient.rows(first, rows),
                    firstMoment.rows(first, rows),
                    secondMoment.rows(first, rows));
        }

        void enqueue(Backends o, Tensor state) {
            enqueue(o, state, parameter);
        }

        void enqueue(Backends o, Tensor state, Tensor value) {
            on(o).adamW(
                            o.queue(),
                            state,
                            BETA1,
                            BETA2,
                            EPSILON,
                            DECAY,
                            parameter,
                            gradient,
                            firstMoment,
                            secondMoment,
                            value);
        }

        /** |beta1 m| + |(1 - beta1) g|. */
        double firstMagnitude(long i, double clip) {
            return BETA1 * Math.abs(Elements.get(firstMoment, i))
                    + (1 - BETA1) * clip * Math.abs(Elements.get(gradient, i));
        }
    }
}
