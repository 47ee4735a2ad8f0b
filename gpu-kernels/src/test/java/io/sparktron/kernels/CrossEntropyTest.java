package io.sparktron.kernels;

import static io.sparktron.kernels.Bounds.assertSame;
import static io.sparktron.kernels.Bounds.assertWithin;
import static io.sparktron.kernels.CrossEntropy.IGNORED;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.ints;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.scaledNormal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#ofAllTypes")
record CrossEntropyTest(Backends backend) {
    private static final double SCALE = 7.0 / 3;
    private static final long FIRST = 100;

    /** n, v and used columns. */
    private static final int[][] SIZES = {
        {1, 1, 1}, {5, 7, 7}, {13, 40, 33}, {3, 33_001, 32_999}, {4, 16, 16}, {5, 8_256, 8_250}, {0, 3, 3}
    };

    @Test
    void everyPart() {
        for (int[] size : SIZES) {
            Case problem = problem(size[0], size[1], size[2]);
            Result expected = problem.on(Backends.ORACLE, problem.logits, backend.zeros(size[0], size[1]));
            Result actual = problem.on(backend, problem.logits, backend.zeros(size[0], size[1]));
            long n = size[0];
            double spread = problem.spread();
            assertSame("max", actual.max, expected.max);
            assertWithin(
                    "sums",
                    actual.sums,
                    expected.sums,
                    i -> i < n ? spread + size[2] + 3 : 0,
                    i -> Math.abs(Elements.get(expected.sums, i)));
            // log moves by the relative error of the sum, then one rounding.
            assertWithin("losses", actual.losses, expected.losses, i -> spread + size[2] + 4, i -> 1);
            assertWithin(
                    "dLogits",
                    actual.dLogits,
                    expected.dLogits,
                    i -> 2 * spread + size[2] + 8,
                    i -> problem.gradientMagnitude(expected, i));
        }
    }

    @Test
    void theGradientMayOverwriteTheLogits() {
        Case problem = problem(13, 40, 33);
        Result apart = problem.on(backend, problem.logits, backend.zeros(13, 40));
        Tensor shared = copyOf(problem.logits);
        Result inPlace = problem.on(backend, shared, shared);
        assertSame("dLogits", inPlace.dLogits, apart.dLogits);
    }

    /** Padding columns hold NaN in every case; here all targets of a row are elsewhere, ignored, or in the padding. */
    @Test
    void targetsThatNoColumnHolds() {
        Tensor logits = backend.round(normal(1, 4, 9));
        Tensor targets = ints((int) FIRST - 1, IGNORED, (int) FIRST + 7, (int) FIRST + 9);
        Result result = new Case(logits, 7, targets).on(backend, logits, backend.zeros(4, 9));
        assertThat(values(result.sums)).endsWith(0, 0, 0, 0);
        assertThat(Elements.get(result.losses, 1)).isZero();
        for (int j = 0; j < 9; j++) {
            assertThat(Elements.get(result.dLogits, 9 + j)).isZero();
            assertThat(Elements.get(result.dLogits, j) > 0).isEqualTo(j < 7);
        }
    }

    /** Row 0 is right, 1 wrong, 2 right by a tie, 3 right but ignored, 4 wrong, 5 not a number. */
    @Test
    void countsTheRowsWhoseTargetHasTheLargestLogit() {
        Tensor logits = backend.round(Tensors.floats(1, 3, 2, 1, 3, 2, 3, 0, 3, 1, 3, 2, -1, -2, -3, 1, 1, Double.NaN)
                .view(6, 3));
        int[] targets = {1, 2, 2, IGNORED, 1, 0};
        Tensor shifted = ints(Arrays.stream(targets)
                .map(target -> target == IGNORED ? IGNORED : target + (int) FIRST)
                .toArray());
        Result result = new Case(logits, 3, shifted).on(backend, logits, backend.zeros(6, 3));
        for (Backends o : List.of(backend, Backends.ORACLE)) {
            Tensor total = zeros(DType.FLOAT64, 1);
            Elements.set(total, 0, 40);
            o.run(b -> on(b).correct(b.queue(), result.sums, shifted, total));
            assertThat(values(total)).containsExactly(42);
        }
        Tensor total = zeros(DType.FLOAT64, 1);
        backend.run(o -> on(o).correct(o.queue(), zeros(2, 0), ints(), total));
        assertThat(values(total)).containsExactly(0);
    }

    /** A rank may hold nothing but padding. */
    @Test
    void noUsedColumns() {
        Tensor logits = backend.round(normal(1, 2, 3));
        Tensor max = zeros(2);
        backend.run(o -> on(o).maximum(o.queue(), logits, 0, max));
        assertThat(values(max)).containsOnly(Double.NEGATIVE_INFINITY);
        Result result = new Case(logits, 0, ints(0, 1)).on(backend, logits, backend.round(normal(2, 2, 3)));
        assertThat(values(result.sums)).containsOnly(0);
        assertThat(values(result.dLogits)).containsOnly(0);
    }

    @Test
    void aNotANumberIsSeen() {
        Tensor logits = backend.round(normal(1, 1, 50));
        Elements.set(logits, 20, Double.NaN);
        Result result = new Case(logits, 50, ints(103)).on(backend, logits, backend.zeros(1, 50));
        assertThat(values(result.max)).containsOnly(Double.NaN);
        assertThat(values(result.losses)).containsOnly(Double.NaN);
    }

    @Test
    void wrongOperandsAreNamed() {
        assertThatThrownBy(() -> backend.run(o -> on(o).maximum(o.queue(), zeros(2, 3), 4, zeros(2))))
                .hasMessage("columns is 4, must be from 0 to 3");
        assertThatThrownBy(() ->
                        backend.run(o -> on(o).sums(o.queue(), zeros(2, 3), 3, zeros(2), ints(1), 0, zeros(2, 2))))
                .hasMessage("targets has shape [1], expected [2]");
        assertThatThrownBy(() -> backend.run(o -> on(o).correct(o.queue(), zeros(2, 2), ints(1, 2), zeros(1))))
                .hasMessage("total is FLOAT32, expected FLOAT64");
        assertThatThrownBy(() -> backend.run(o -> on(o).losses(o.queue(), zeros(2, 2), zeros(2), zeros(2))))
                .hasMessage("targets is FLOAT32, expected INT32");
        assertThatThrownBy(() -> backend.run(o -> on(o).gradient(
                                o.queue(),
                                zeros(2, 3),
                                3,
                                zeros(2),
                                zeros(2, 2),
                                ints(1, 2),
                                0,
                                zeros(1),
                                zeros(2, 3))))
                .hasMessage("scale is FLOAT32, expected FLOAT64");
    }

    private static CrossEntropy on(Backends backend) {
        return backend.kernels().crossEntropy();
    }

    /** Logits of the backend's type with a target in three of four rows. */
    private Case problem(int n, int v, int columns) {
        Tensor logits = backend.round(scaledNormal(1, 3, n, v));
        int[] targets = new int[n];
        for (int i = 0; i < n; i++) {
            targets[i] = i % 4 == 3 ? IGNORED : (int) FIRST + (i * 7 + 2) % columns;
            for (int j = columns; j < v; j++) {
                Elements.set(logits, (long) i * v + j, Double.NaN);
            }
        }
        return new Case(logits, columns, ints(targets));
    }

    private record Case(Tensor logits, long columns, Tensor targets) {
        Result on(Backends backend, Tensor input, Tensor dLogits) {
            long n = logits.extent(0);
            Tensor scale = zeros(DType.FLOAT64, 1);
            Elements.set(scale, 0, SCALE);
            Result result = new Result(zeros(n), zeros(2, n), zeros(n), dLogits);
            backend.run(o -> {
                CrossEntropy parts = o.kernels().crossEntropy();
                parts.maximum(o.queue(), input, columns, result.max);
                parts.sums(o.queue(), input, columns, result.max, targets, FIRST, result.sums);
                parts.losses(o.queue(), result.sums, targets, result.losses);
                parts.gradient(o.queue(), input, columns, result.max, result.sums, targets, FIRST, scale, dLogits);
            });
            return result;
        }

        /** Largest distance of a logit from its row's maximum: its rounding is a relative error of the exponential. */
        double spread() {
            double[] used = values(logits);
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (double value : used) {
                low = Double.isNaN(value) ? low : Math.min(low, value);
                high = Double.isNaN(value) ? high : Math.max(high, value);
            }
            return high - low;
        }

        /** The probability, and 1 at the target, times the scale. */
        double gradientMagnitude(Result expected, long i) {
            long v = logits.extent(1);
            double gradient = Math.abs(Elements.get(expected.dLogits, i));
            boolean target = Elements.getInt(targets, i / v) - FIRST == i % v;
            return target ? 2 * SCALE : gradient;
        }
    }

    private record Result(Tensor max, Tensor sums, Tensor losses, Tensor dLogits) {}
}
