package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.Tensors.ints;
import static io.sparktron.kernels.Tensors.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.SampleRows;
import io.sparktron.kernels.Tensors;
import io.sparktron.kernels.host.Elements;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Every backward of the oracle against five-point differences of its forward, both in FLOAT64. The loss is the sum of the outputs under
 * random weights, which are what backward is given as the gradient of the output.
 */
class OracleGradientTest {
    private static final double STEP = 1e-3;

    /**
     * The five-point rule errs by step^4 / 30 = 3e-14 fifth derivatives, and by roundoff / step = 1e-13 losses; of inputs near 1,
     * neither the derivatives nor the losses reach 10^4.
     */
    private static final double TOLERANCE = 1e-9;

    private final HostDevice device = new HostDevice(1);
    private final OracleKernels oracle = new OracleKernels(device);
    private final Queue queue = device.newQueue("test");

    @Test
    void matrixProduct() {
        for (int flags = 0; flags < 4; flags++) {
            boolean transposeA = (flags & 1) != 0;
            boolean transposeB = (flags & 2) != 0;
            Tensor a = transposeA ? doubles(1, 3, 5) : doubles(1, 5, 3);
            Tensor b = transposeB ? doubles(2, 7, 3) : doubles(2, 3, 7);
            Tensor dc = doubles(3, 5, 7);
            Function<Tensor, Tensor> product = ignored -> {
                Tensor c = zeros(5, 7);
                oracle.matrix().multiply(queue, transposeA, a, transposeB, b, 0, c);
                return c;
            };
            Tensor da = zeros(a.shape().toArray());
            Tensor db = zeros(b.shape().toArray());
            multiplyInto(da, transposeA, dc, false, b, !transposeB);
            multiplyInto(db, transposeB, a, !transposeA, dc, false);
            check(a, product, dc, da);
            check(b, product, dc, db);
        }
    }

    /** {@code result = op(x) op(y)}, or its transpose {@code op(y)^T op(x)^T} where the operand is stored transposed. */
    private void multiplyInto(
            Tensor result, boolean transposed, Tensor x, boolean transposeX, Tensor y, boolean transposeY) {
        if (transposed) {
            oracle.matrix().multiply(queue, !transposeY, y, !transposeX, x, 0, result);
        } else {
            oracle.matrix().multiply(queue, transposeX, x, transposeY, y, 0, result);
        }
    }

    @Test
    void gelu() {
        Tensor x = doubles(1, 5, 7);
        Tensor bias = doubles(2, 7);
        Tensor dy = doubles(3, 5, 7);
        Tensor dx = zeros(5, 7);
        Tensor dBias = zeros(7);
        oracle.elementwise().biasGeluBackward(queue, dy, x, bias, dx);
        oracle.elementwise().biasBackward(queue, dx, dBias);
        Function<Tensor, Tensor> forward = ignored -> {
            Tensor y = zeros(5, 7);
            oracle.elementwise().biasGelu(queue, x, bias, y);
            return y;
        };
        check(x, forward, dy, dx);
        check(bias, forward, dy, dBias);
    }

    @Test
    void tanh() {
        Tensor x = doubles(1, 5, 7);
        Tensor bias = doubles(2, 7);
        Tensor dy = doubles(3, 5, 7);
        Tensor dx = zeros(5, 7);
        oracle.elementwise().biasTanhBackward(queue, dy, x, bias, dx);
        Function<Tensor, Tensor> forward = ignored -> {
            Tensor y = zeros(5, 7);
            oracle.elementwise().biasTanh(queue, x, bias, y);
            return y;
        };
        check(x, forward, dy, dx);
    }

    @Test
    void normalization() {
        Tensor x = doubles(1, 5, 7);
        Tensor weight = doubles(2, 7);
        Tensor bias = doubles(3, 7);
        Tensor dy = doubles(4, 5, 7);
        Tensor mean = zeros(5);
        Tensor inverse = zeros(5);
        Function<Tensor, Tensor> forward = ignored -> {
            Tensor y = zeros(5, 7);
            oracle.normalization().forward(queue, x, weight, bias, 1e-5f, y, mean, inverse);
            return y;
        };
        forward.apply(x);
        Tensor dx = zeros(5, 7);
        Tensor dWeight = zeros(7);
        Tensor dBias = zeros(7);
        oracle.normalization().backward(queue, dy, x, weight, mean, inverse, dx, dWeight, dBias);
        check(x, forward, dy, dx);
        check(weight, forward, dy, dWeight);
        check(bias, forward, dy, dBias);
    }

    @Test
    void attention() {
        for (boolean causal : new boolean[] {true, false}) {
            attention(causal, Dropout.NONE);
            attention(causal, new Dropout(0.4, 99, DropoutSite.ATTENTION_PROBABILITIES.of(1)));
        }
    }

    private void attention(boolean causal, Dropout dropout) {
        Attention attention = oracle.attention();
        Tensor qkv = doubles(1, 2, 5, 3, 2, 3);
        Tensor lengths = ints(5, 3);
        Tensor at = longs(6, 1L << 33);
        Tensor none = zeros(0);
        Tensor dOut = doubles(2, 2, 5, 2, 3);
        Tensor dQkv = zeros(2, 5, 3, 2, 3);
        Function<Tensor, Tensor> forward = ignored -> {
            Tensor out = zeros(2, 5, 2, 3);
            attention.forward(queue, causal, qkv, lengths, dropout, at, 1, 4, none, none, out);
            return out;
        };
        Tensor out = forward.apply(qkv);
        attention.backward(queue, causal, dOut, qkv, lengths, dropout, at, 1, 4, none, out, none, dQkv);
        check(qkv, forward, dOut, dQkv);
    }

    @Test
    void dropout() {
        Dropout dropout = new Dropout(0.4, 99, DropoutSite.EMBEDDING.of(0));
        SampleRows rows = new SampleRows(longs(6, 1L << 33), 5, 2);
        Tensor x = doubles(1, 6, 7);
        Tensor dy = doubles(2, 6, 7);
        Tensor dx = zeros(6, 7);
        oracle.elementwise().dropout(queue, dy, dropout, rows, dx);
        Function<Tensor, Tensor> forward = ignored -> {
            Tensor out = zeros(6, 7);
            oracle.elementwise().biasDropoutResidual(queue, x, doubles(3, 7), doubles(4, 6, 7), dropout, rows, out);
            return out;
        };
        check(x, forward, dy, dx);
    }

    @Test
    void embedding() {
        Tensor tokens = ints(3, 4, 3, 9, 0, 5);
        Tensor table = doubles(1, 4, 3);
        Tensor dOut = doubles(2, 6, 3);
        Tensor dTable = zeros(4, 3);
        oracle.embedding().backward(queue, tokens, dOut, 3, 3, dTable);
        check(
                table,
                ignored -> {
                    Tensor out = zeros(6, 3);
                    oracle.embedding().forward(queue, tokens, table, 3, 3, out);
                    return out;
                },
                dOut,
                dTable);
    }

    @Test
    void positions() {
        Tensor positions = doubles(1, 4, 5);
        Tensor dx = doubles(2, 4, 5);
        Tensor dPositions = zeros(4, 5);
        SampleRows rows = new SampleRows(longs(0, 1), 3, 1);
        oracle.embedding().positionsBackward(queue, dx, rows, dPositions);
        check(
                positions,
                ignored -> {
                    Tensor x = zeros(4, 5);
                    oracle.embedding().addPositions(queue, positions, rows, x);
                    return x;
                },
                dx,
                dPositions);
    }

    @Test
    void crossEntropy() {
        Tensor logits = doubles(1, 4, 7);
        Tensor targets = ints(12, CrossEntropy.IGNORED, 10, 15);
        Tensor scale = zeros(1);
        Elements.set(scale, 0, 1);
        Tensor max = zeros(4);
        Tensor sums = zeros(2, 4);
        CrossEntropy parts = oracle.crossEntropy();
        Function<Tensor, Tensor> forward = ignored -> {
            Tensor losses = zeros(4);
            parts.maximum(queue, logits, 6, max);
            parts.sums(queue, logits, 6, max, targets, 10, sums);
            parts.losses(queue, sums, targets, losses);
            return losses;
        };
        forward.apply(logits);
        Tensor dLogits = zeros(4, 7);
        parts.gradient(queue, logits, 6, max, sums, targets, 10, scale, dLogits);
        Tensor ones = zeros(4);
        for (int i = 0; i < 4; i++) {
            Elements.set(ones, i, 1);
        }
        check(logits, forward, ones, dLogits);
    }

    /** Moves each element of {@code x} both ways and compares the loss's slope with {@code gradient}. */
    private static void check(Tensor x, Function<Tensor, Tensor> forward, Tensor weights, Tensor gradient) {
        for (long i = 0; i < x.elements(); i++) {
            double start = Elements.get(x, i);
            double[] losses = new double[5];
            for (int step = -2; step <= 2; step++) {
                Elements.set(x, i, start + step * STEP);
                losses[step + 2] = loss(forward.apply(x), weights);
            }
            Elements.set(x, i, start);
            double slope = (8 * (losses[3] - losses[1]) - (losses[4] - losses[0])) / (12 * STEP);
            assertThat(Elements.get(gradient, i)).as("element %d", i).isCloseTo(slope, within(TOLERANCE));
        }
    }

    private static double loss(Tensor output, Tensor weights) {
        double loss = 0;
        for (long i = 0; i < output.elements(); i++) {
            loss += Elements.get(output, i) * Elements.get(weights, i);
        }
        return loss;
    }

    private static Tensor zeros(long... extents) {
        return Tensors.zeros(DType.FLOAT64, extents);
    }

    private static Tensor doubles(long seed, long... extents) {
        Tensor tensor = zeros(extents);
        Tensor numbers = Tensors.normal(seed, extents);
        for (long i = 0; i < tensor.elements(); i++) {
            Elements.set(tensor, i, Elements.get(numbers, i));
        }
        return tensor;
    }
}
