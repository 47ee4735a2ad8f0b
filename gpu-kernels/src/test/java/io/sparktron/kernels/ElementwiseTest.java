package io.sparktron.kernels;

import static io.sparktron.kernels.Bounds.abs;
import static io.sparktron.kernels.Bounds.assertRounded;
import static io.sparktron.kernels.Bounds.assertSame;
import static io.sparktron.kernels.Bounds.assertWithin;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.longs;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.scaledNormal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.check.GeluMagnitudes;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#ofAllTypes")
record ElementwiseTest(Backends backend) {
    /** n and c: more elements than a block among them, whole vectors, more rows than run at a time on a GPU. */
    private static final long[][] SIZES = {
        {1, 1}, {5, 7}, {13, 17}, {3, 64}, {701, 97}, {1, 40_001}, {40, 264}, {14_001, 1}, {0, 5}, {5, 0}
    };

    /** One rounded addition: the oracle's sum in double, rounded, is the same number. */
    @Test
    void bias() {
        for (long[] size : SIZES) {
            Tensor x = backend.round(normal(1, size));
            Tensor bias = backend.round(normal(2, size[1]));
            Tensor expected = backend.zeros(size);
            Tensor actual = backend.zeros(size);
            Backends.ORACLE.run(o -> on(o).bias(o.queue(), x, bias, expected));
            backend.run(o -> on(o).bias(o.queue(), x, bias, actual));
            assertRounded("y", actual, expected);
            backend.run(o -> on(o).bias(o.queue(), x, bias, x));
            assertSame("y in place of x", x, actual);
        }
    }

    @Test
    void biasBackward() {
        for (long[] size : SIZES) {
            Tensor dy = backend.round(normal(1, size));
            Tensor start = normal(2, size[1]);
            Tensor expected = copyOf(start);
            Tensor magnitude = abs(start);
            Tensor actual = copyOf(start);
            Backends.ORACLE.run(o -> on(o).biasBackward(o.queue(), dy, expected));
            Backends.ORACLE.run(o -> on(o).biasBackward(o.queue(), abs(dy), magnitude));
            backend.run(o -> on(o).biasBackward(o.queue(), dy, actual));
            assertWithin("dBias", actual, expected, size[0], magnitude);
        }
    }

    /**
     * With w = 2z: the rounding of u = x + bias moves y by a relative (1 + 3|w|) u, the five roundings of w by 5|w| u; the exponential has 2.2 u,
     * the sum and the quotient one each.
     */
    @Test
    void biasGelu() {
        for (long[] size : SIZES) {
            Tensor x = backend.round(scaledNormal(1, 3, size));
            Tensor bias = backend.round(normal(2, size[1]));
            Tensor expected = backend.zeros(size);
            Tensor actual = backend.zeros(size);
            Backends.ORACLE.run(o -> on(o).biasGelu(o.queue(), x, bias, expected));
            backend.run(o -> on(o).biasGelu(o.queue(), x, bias, actual));
            assertWithin(
                    "y",
                    actual,
                    expected,
                    i -> 6 + 8 * Math.abs(GeluMagnitudes.argument(input(x, bias, i))),
                    i -> Math.abs(Elements.get(expected, i)));
        }
    }

    /**
     * The derivative is s + u w' s (1 - s), s = sigmoid(w). As above, exp has a relative error of (8|w| + 2.2) u; s (1 - s) = e / (1 + e)^2
     * at most twice that and 6 u; u w' has 8 u; the last three operations one each.
     */
    @Test
    void biasGeluBackward() {
        for (long[] size : SIZES) {
            Tensor x = backend.round(scaledNormal(1, 3, size));
            Tensor bias = backend.round(normal(2, size[1]));
            Tensor dy = backend.round(normal(3, size));
            Tensor expected = backend.zeros(size);
            Tensor actual = backend.zeros(size);
            Backends.ORACLE.run(o -> on(o).biasGeluBackward(o.queue(), dy, x, bias, expected));
            backend.run(o -> on(o).biasGeluBackward(o.queue(), dy, x, bias, actual));
            assertWithin(
                    "dx",
                    actual,
                    expected,
                    i -> 22 + 16 * Math.abs(GeluMagnitudes.argument(input(x, bias, i))),
                    i -> Math.abs(Elements.get(dy, i)) * GeluMagnitudes.derivative(input(x, bias, i)));
            backend.run(o -> on(o).biasGeluBackward(o.queue(), dy, x, bias, dy));
            assertSame("dx in place of dy", dy, actual);
        }
    }

    @Test
    void geluFarFromZero() {
        Tensor x = backend.round(Tensors.floats(-1e4, -60, -14, 14, 60, 1e4).view(1, 6));
        Tensor y = backend.zeros(1, 6);
        Tensor dx = backend.zeros(1, 6);
        Tensor dy = backend.round(Tensors.constant(1, 1, 6));
        backend.run(o -> on(o).biasGelu(o.queue(), x, backend.zeros(6), y));
        backend.run(o -> on(o).biasGeluBackward(o.queue(), dy, x, backend.zeros(6), dx));
        assertThat(values(y)).containsExactly(-0.0, -0.0, -0.0, 14, 60, Elements.get(x, 5));
        assertThat(values(dx)).containsExactly(0, 0, 0, 1, 1, 1);
    }

    /**
     * The rounding of u = x + bias moves tanh by a relative (1 - y^2) u / y, at most u. Near zero the polynomial's error is below u / 6, the product u^3
     * below a third of the result has 3 u and its sum one. Farther out e has 2.2 u of at most 0.29, 1 - e is at least 0.71 and has one u and e's 0.64 u / 0.71,
     * 1 + e one and 0.5, the quotient one.
     */
    @Test
    void biasTanh() {
        for (long[] size : SIZES) {
            Tensor x = backend.round(normal(1, size));
            Tensor bias = backend.round(normal(2, size[1]));
            Tensor expected = backend.zeros(size);
            Tensor actual = backend.zeros(size);
            Backends.ORACLE.run(o -> on(o).biasTanh(o.queue(), x, bias, expected));
            backend.run(o -> on(o).biasTanh(o.queue(), x, bias, actual));
            assertWithin("y", actual, expected, 1 + 5, expected);
        }
    }

    /**
     * The rounding of u = x + bias moves 1 - tanh^2 by a relative 2 |u| u, for |tanh| is below 1; e has 2.2 u, 1 / (1 + e) at most 1.1 of those, two for sum and
     * quotient, and is squared; three products.
     */
    @Test
    void biasTanhBackward() {
        for (long[] size : SIZES) {
            Tensor x = backend.round(scaledNormal(1, 3, size));
            Tensor bias = backend.round(normal(2, size[1]));
            Tensor dy = backend.round(normal(3, size));
            Tensor expected = backend.zeros(size);
            Tensor actual = backend.zeros(size);
            Backends.ORACLE.run(o -> on(o).biasTanhBackward(o.queue(), dy, x, bias, expected));
            backend.run(o -> on(o).biasTanhBackward(o.queue(), dy, x, bias, actual));
            assertWithin(
                    "dx",
                    actual,
                    expected,
                    i -> 12 + 2 * Math.abs(input(x, bias, i)),
                    i -> Math.abs(Elements.get(expected, i)));
            backend.run(o -> on(o).biasTanhBackward(o.queue(), dy, x, bias, dy));
            assertSame("dx in place of dy", dy, actual);
        }
    }

    @Test
    void tanhAtItsEnds() {
        Tensor x = backend.round(Tensors.floats(-1e30, -60, 0, 1e-30, 60, Double.POSITIVE_INFINITY, Double.NaN)
                .view(1, 7));
        Tensor y = backend.zeros(1, 7);
        Tensor dx = backend.zeros(1, 7);
        Tensor dy = backend.round(Tensors.constant(1, 1, 7));
        backend.run(o -> on(o).biasTanh(o.queue(), x, backend.zeros(7), y));
        backend.run(o -> on(o).biasTanhBackward(o.queue(), dy, x, backend.zeros(7), dx));
        assertThat(values(y)).containsExactly(-1, -1, 0, Elements.get(x, 3), 1, 1, Double.NaN);
        assertThat(values(dx)).containsExactly(0, 0, 1, 1, 0, 0, Double.NaN);
    }

    /** Two rounded sums, and with dropout a rounded product. */
    @Test
    void biasDropoutResidual() {
        for (Dropout dropout : List.of(Dropout.NONE, new Dropout(0.3, 5, DropoutSite.MLP_OUTPUT.of(1)))) {
            for (long[] size : SIZES) {
                SampleRows rows = rows(size[0]);
                Tensor x = backend.round(normal(1, size));
                Tensor bias = backend.round(normal(2, size[1]));
                Tensor residual = backend.round(normal(3, size));
                Tensor expected = backend.zeros(size);
                Tensor magnitude = zeros(size);
                Tensor actual = backend.zeros(size);
                Backends.ORACLE.run(
                        o -> on(o).biasDropoutResidual(o.queue(), x, bias, residual, dropout, rows, expected));
                Backends.ORACLE.run(o -> on(o).biasDropoutResidual(
                                o.queue(), abs(x), abs(bias), abs(residual), dropout, rows, magnitude));
                backend.run(o -> on(o).biasDropoutResidual(o.queue(), x, bias, residual, dropout, rows, actual));
                assertWithin("out", actual, expected, 3, magnitude);
                Tensor second = copyOf(x);
                backend.run(o -> on(o).biasDropoutResidual(o.queue(), second, bias, residual, dropout, rows, second));
                assertSame("out in place of x", second, actual);
                backend.run(o -> on(o).biasDropoutResidual(o.queue(), x, bias, residual, dropout, rows, residual));
                assertSame("out in place of residual", residual, actual);
            }
        }
    }

    /** One rounded product. */
    @Test
    void dropout() {
        for (Dropout dropout : List.of(Dropout.NONE, new Dropout(0.3, 5, DropoutSite.EMBEDDING.of(0)))) {
            for (long[] size : SIZES) {
                SampleRows rows = rows(size[0]);
                Tensor x = backend.round(normal(1, size));
                Tensor expected = backend.zeros(size);
                Tensor actual = backend.zeros(size);
                Backends.ORACLE.run(o -> on(o).dropout(o.queue(), x, dropout, rows, expected));
                backend.run(o -> on(o).dropout(o.queue(), x, dropout, rows, actual));
                assertRounded("y", actual, expected);
                backend.run(o -> on(o).dropout(o.queue(), x, dropout, rows, x));
                assertSame("y in place of x", x, actual);
            }
        }
    }

    /** Some of the rows of two samples, from inside the first on. */
    private static SampleRows rows(long n) {
        return new SampleRows(longs(1L << 40, 3), n + 1, 2 * n / 3);
    }

    @Test
    void addAndFill() {
        for (long[] size : SIZES) {
            Tensor x = backend.round(normal(1, size));
            Tensor start = backend.round(normal(2, size));
            Tensor expected = copyOf(start);
            Tensor actual = copyOf(start);
            Backends.ORACLE.run(o -> on(o).add(o.queue(), x, expected));
            backend.run(o -> on(o).add(o.queue(), x, actual));
            assertRounded("y", actual, expected);
            backend.run(o -> on(o).fill(o.queue(), actual, -1.5));
            assertSame("filled", actual, backend.round(Tensors.constant(-1.5, size)));
        }
        Tensor slot = zeros(DType.FLOAT64, 1);
        backend.run(o -> on(o).fill(o.queue(), slot, Math.PI));
        assertThat(values(slot)).containsExactly(Math.PI);
    }

    /** Every cast rounds to nearest even, as the oracle does, whose casts are tested by hand. */
    @Test
    void copyBetweenAllTypes() {
        DType[] types = {DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16};
        for (DType from : types) {
            for (DType to : types) {
                Tensor x = zeros(from, 1013);
                Backends.ORACLE.run(o -> on(o).copy(o.queue(), scaledNormal(1, 300, 1013), x));
                Tensor expected = zeros(to, 1013);
                Tensor actual = zeros(to, 1013);
                Backends.ORACLE.run(o -> on(o).copy(o.queue(), x, expected));
                backend.run(o -> on(o).copy(o.queue(), x, actual));
                assertSame(from + " to " + to, actual, expected);
            }
        }
    }

    @Test
    void wrongOperandsAreNamed() {
        assertThatThrownBy(() -> backend.run(o -> on(o).bias(o.queue(), zeros(5, 3), zeros(5), zeros(5, 3))))
                .hasMessage("bias has shape [5], expected [3]");
        assertThatThrownBy(() -> backend.run(o -> on(o).biasGelu(o.queue(), zeros(5, 3), zeros(3), zeros(3, 5))))
                .hasMessage("y has shape [3, 5], expected [5, 3], that of x");
        assertThatThrownBy(() -> backend.run(o -> on(o).add(o.queue(), zeros(5, 3), zeros(15))))
                .hasMessage("y has shape [15], expected [5, 3], that of x");
        assertThatThrownBy(() -> backend.run(o -> on(o).copy(o.queue(), zeros(5, 3), zeros(16))))
                .hasMessage("x has shape [5, 3], y has [16]; their element counts must be equal");
    }

    private static Elementwise on(Backends backend) {
        return backend.kernels().elementwise();
    }

    private static double input(Tensor x, Tensor bias, long i) {
        return Elements.get(x, i) + Elements.get(bias, i % bias.elements());
    }
}
