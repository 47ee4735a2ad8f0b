package io.sparktron.kernels;

import static io.sparktron.kernels.Bounds.abs;
import static io.sparktron.kernels.Bounds.assertSame;
import static io.sparktron.kernels.Bounds.assertWithin;
import static io.sparktron.kernels.Tensors.constant;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#all")
record MatrixProductsTest(Backends backend) {
    private static final long[][] SIZES = {
        {1, 1, 1},
        {1, 17, 5},
        {17, 1, 5},
        {13, 7, 1},
        {5, 3, 17},
        {97, 13, 29},
        {13, 131, 23},
        {151, 149, 67},
        {257, 63, 301}
    };

    @Test
    void allTranspositionsOfOddSizes() {
        for (long[] size : SIZES) {
            for (int flags = 0; flags < 8; flags++) {
                check(size[0], size[1], size[2], (flags & 1) != 0, (flags & 2) != 0, flags >> 2);
            }
        }
    }

    private void check(long m, long n, long k, boolean transposeA, boolean transposeB, float beta) {
        Tensor a = transposeA ? normal(1, k, m) : normal(1, m, k);
        Tensor b = transposeB ? normal(2, n, k) : normal(2, k, n);
        Tensor start = beta == 0 ? constant(Double.NaN, m, n) : normal(3, m, n);
        Tensor actual = copyOf(start);
        Tensor expected = copyOf(start);
        Tensor magnitude = abs(start);
        multiply(backend, transposeA, a, transposeB, b, beta, actual);
        multiply(Backends.ORACLE, transposeA, a, transposeB, b, beta, expected);
        multiply(Backends.ORACLE, transposeA, abs(a), transposeB, abs(b), beta, magnitude);
        assertWithin("c " + m + " " + n + " " + k, actual, expected, k + 1, magnitude);

        Tensor again = copyOf(start);
        multiply(backend, transposeA, a, transposeB, b, beta, again);
        assertSame("repeated", again, actual);
    }

    @Test
    void emptyDimensions() {
        for (float beta : new float[] {0, 1}) {
            Tensor c = constant(3, 5, 7);
            multiply(backend, false, zeros(5, 0), false, zeros(0, 7), beta, c);
            assertThat(values(c)).containsOnly(3 * beta);
        }
        Tensor nothing = zeros(0, 7);
        multiply(backend, false, zeros(0, 5), false, normal(1, 5, 7), 0, nothing);
        assertThat(values(nothing)).isEmpty();
    }

    @Test
    void wrongOperandsAreNamed() {
        assertThatThrownBy(() -> multiply(backend, false, zeros(5, 3), false, zeros(4, 7), 0, zeros(5, 7)))
                .hasMessage("b has shape [4, 7], expected [3, 7]");
        assertThatThrownBy(() -> multiply(backend, true, zeros(5, 3), false, zeros(5, 7), 0, zeros(5, 7)))
                .hasMessage("a has shape [5, 3], expected [5, 5]");
        assertThatThrownBy(() -> multiply(backend, false, zeros(5), false, zeros(5, 7), 0, zeros(5, 7)))
                .hasMessage("a has shape [5], expected 2 dimensions");
        assertThatThrownBy(
                        () -> multiply(backend, false, zeros(DType.BFLOAT16, 5, 3), false, zeros(3, 7), 0, zeros(5, 7)))
                .message()
                .isIn(
                        "a is BFLOAT16; the host computes in FLOAT32 and only copies other types",
                        "a is BFLOAT16, b is FLOAT32, c is FLOAT32; legal: a and b of one type of FLOAT32, BFLOAT16 and FLOAT16, and c of that type or FLOAT32");
    }

    private static void multiply(
            Backends on, boolean transposeA, Tensor a, boolean transposeB, Tensor b, float beta, Tensor c) {
        on.run(o -> o.kernels().matrix().multiply(o.queue(), transposeA, a, transposeB, b, beta, c));
    }
}
