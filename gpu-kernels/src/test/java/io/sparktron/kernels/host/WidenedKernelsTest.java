package io.sparktron.kernels.host;

import static io.sparktron.kernels.Tensors.constant;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.ints;
import static io.sparktron.kernels.Tensors.longs;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.SampleRows;
import io.sparktron.kernels.StepState;
import io.sparktron.kernels.Tensors;
import io.sparktron.kernels.deferring.DeferringKernels;
import io.sparktron.kernels.oracle.OracleKernels;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * 16-bit operands on the host. Each kernel is run on 16-bit tensors by the oracle, which reads and rounds them one element at a time, and by the decorated host. Both
 * results are rounded to 16 bits: so they differ by what the float32 kernel may err and by the two roundings.
 */
class WidenedKernelsTest {
    private static final double U = 0x1p-24;

    /** Somebody who runs calls: each of the backends must do them alike. */
    @FunctionalInterface
    private interface Calls {
        /** @return what was computed */
        List<Tensor> run(Kernels kernels, Queue queue);
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void products(DType type) {
        for (int flags = 0; flags < 8; flags++) {
            boolean transposeA = (flags & 1) != 0;
            boolean transposeB = (flags & 2) != 0;
            float beta = flags >> 2;
            int k = 131;
            Tensor a = half(type, transposeA ? normal(1, k, 13) : normal(1, 13, k));
            Tensor b = half(type, transposeB ? normal(2, 17, k) : normal(2, k, 17));
            double magnitude = 16 * k; // no product of two of these exceeds 16
            check(type, k * magnitude, (kernels, queue) -> {
                Tensor wide = beta == 0 ? constant(Double.NaN, 13, 17) : normal(3, 13, 17);
                Tensor narrow = half(type, wide);
                kernels.matrix().multiply(queue, transposeA, a, transposeB, b, beta, wide);
                kernels.matrix().multiply(queue, transposeA, a, transposeB, b, beta, narrow);
                return List.of(wide, narrow);
            });
        }
    }

    /** The sum of many 16-bit products into float32 is as exact as one of float32 products: nothing is rounded to 16 bits on the way. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void productsAccumulateInFloat32(DType type) {
        int k = 1000;
        Tensor a = half(type, constant(1, 1, k));
        Tensor b = half(type, constant(0x1p-7, k, 1));
        Tensor c = constant(1024, 1, 1);
        try (HostDevice device = new HostDevice(1)) {
            Kernels kernels = WidenedKernels.over(new HostKernels(device));
            for (int i = 0; i < 3; i++) {
                kernels.matrix().multiply(kernels.device().newQueue("test"), false, a, false, b, 1, c);
            }
            assertThat(values(c)).containsExactly(1024 + 3 * k * 0x1p-7);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void elementwise(DType type) {
        Dropout dropout = new Dropout(0.3, 5, DropoutSite.MLP_OUTPUT.of(1));
        SampleRows rows = new SampleRows(longs(4, 5), 9, 3);
        Tensor bias = half(type, normal(2, 17));
        check(type, 500, (kernels, queue) -> {
            Tensor x = half(type, normal(1, 13, 17));
            Tensor gelu = zeros(type, 13, 17);
            Tensor tanh = zeros(type, 13, 17);
            Tensor sum = half(type, normal(3, 13, 17));
            Tensor dx = half(type, normal(4, 13, 17));
            Tensor dBias = normal(5, 17);
            kernels.elementwise().biasGelu(queue, x, bias, gelu);
            kernels.elementwise().biasGeluBackward(queue, dx, x, bias, dx);
            kernels.elementwise().biasTanh(queue, x, bias, tanh);
            kernels.elementwise().biasBackward(queue, half(type, normal(6, 13, 17)), dBias);
            kernels.elementwise().biasDropoutResidual(queue, x, bias, sum, dropout, rows, sum);
            kernels.elementwise().bias(queue, x, bias, x);
            kernels.elementwise().dropout(queue, x, dropout, rows, x);
            kernels.elementwise().add(queue, x, x);
            return List.of(x, gelu, tanh, sum, dx, dBias);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void normalization(DType type) {
        Tensor x = half(type, normal(1, 13, 67));
        Tensor weight = half(type, normal(2, 67));
        Tensor mean = zeros(13);
        Tensor inverse = zeros(13);
        Kernels oracle = new OracleKernels(new HostDevice(1));
        Tensor y = zeros(type, 13, 67);
        oracle.normalization()
                .forward(oracle.device().newQueue("test"), x, weight, half(type, zeros(67)), 1e-5f, y, mean, inverse);
        check(type, 67 * 30, (kernels, queue) -> {
            Tensor ours = zeros(type, 13, 67);
            Tensor means = zeros(13);
            Tensor inverses = zeros(13);
            kernels.normalization().forward(queue, x, weight, half(type, normal(3, 67)), 1e-5f, ours, means, inverses);
            Tensor dx = half(type, normal(4, 13, 67));
            Tensor dWeight = normal(5, 67);
            Tensor dBias = normal(6, 67);
            kernels.normalization()
                    .backward(queue, half(type, normal(7, 13, 67)), x, weight, mean, inverse, dx, dWeight, dBias);
            return List.of(ours, means, inverses, dx, dWeight, dBias);
        });
    }

    /** Forward and backward take the same 16-bit result of forward, so that no rounding is followed through the other kernel. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void attention(DType type) {
        for (Dropout dropout : List.of(Dropout.NONE, new Dropout(0.2, 3, DropoutSite.ATTENTION_PROBABILITIES.of(0)))) {
            Tensor qkv = half(type, normal(1, 2, 9, 3, 2, 5));
            Tensor dOut = half(type, normal(2, 2, 9, 2, 5));
            Tensor lengths = ints(9, 7);
            Tensor at = longs(11, 12);
            // Scores reach 5 * 16 / sqrt(5): their 8 roundings, twice, are the exponential's relative error; results
            // stay below 16 / 0.8.
            check(type, 20 * 20 * 2 * 8 * 36, (kernels, queue) -> {
                Attention attention = kernels.attention();
                Tensor saved = scratch(attention.savedShape(2, 2, 9, 5));
                Tensor forward = scratch(attention.forwardScratchShape(dropout, 2, 2, 9, 5));
                Tensor backward = scratch(attention.backwardScratchShape(dropout, 2, 2, 9, 5));
                Tensor out = zeros(type, 2, 9, 2, 5);
                Tensor dQkv = zeros(type, 2, 9, 3, 2, 5);
                attention.forward(queue, true, qkv, lengths, dropout, at, 1, 4, saved, forward, out);
                attention.backward(queue, true, dOut, qkv, lengths, dropout, at, 1, 4, saved, out, backward, dQkv);
                return List.of(out, dQkv);
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void embeddingAndCrossEntropy(DType type) {
        Tensor tokens = ints(3, 1, 4, 1, 5, 9);
        Tensor scale = zeros(DType.FLOAT64, 1);
        Elements.set(scale, 0, 7.0 / 3);
        check(type, 40 * 40, (kernels, queue) -> {
            Tensor x = zeros(type, 6, 31);
            kernels.embedding().forward(queue, tokens, half(type, normal(1, 7, 31)), 1, 6, x);
            kernels.embedding().addPositions(queue, half(type, normal(2, 5, 31)), SampleRows.all(longs(0, 1), 3), x);
            Tensor dTable = normal(3, 7, 31);
            kernels.embedding().backward(queue, tokens, half(type, normal(4, 6, 31)), 1, 6, dTable);
            Tensor logits = half(type, normal(5, 6, 31));
            Tensor max = zeros(6);
            Tensor sums = zeros(2, 6);
            Tensor losses = zeros(6);
            CrossEntropy parts = kernels.crossEntropy();
            parts.maximum(queue, logits, 29, max);
            parts.sums(queue, logits, 29, max, tokens, 0, sums);
            parts.losses(queue, sums, tokens, losses);
            parts.gradient(queue, logits, 29, max, sums, tokens, 0, scale, logits);
            return List.of(x, dTable, max, sums, losses, logits);
        });
    }

    /** The values are the masters, rounded once. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void updatesRoundTheMasters(DType type) {
        Tensor state = zeros(DType.FLOAT64, StepState.SLOTS);
        Elements.set(state, StepState.LEARNING_RATE, 3e-4);
        Elements.set(state, StepState.CLIP, 0.25);
        Elements.set(state, StepState.BETA1_POWER, 0.9);
        Elements.set(state, StepState.BETA2_POWER, 0.95);
        check(type, 100, (kernels, queue) -> {
            Tensor master = normal(1, 5003);
            Tensor value = half(type, normal(2, 5003));
            kernels.optimization()
                    .adamW(
                            queue,
                            state,
                            0.9,
                            0.95,
                            1e-8,
                            0.1,
                            master,
                            normal(3, 5003),
                            normal(4, 5003),
                            Tensors.constant(2, 5003),
                            value);
            queue.awaitHost();
            assertThat(values(value)).containsExactly(values(half(type, master)));
            return List.of(master, value);
        });
    }

    /** What no kernel writes is the same afterwards, whatever it holds. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void inputsAreLeftAsTheyWere(DType type) {
        Tensor x = half(
                type,
                Tensors.floats(
                        0, -0.0, 1e-7, -1e-40, 65504, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN));
        Tensor before = copyOf(x);
        Tensor y = zeros(8);
        try (HostDevice device = new HostDevice(1)) {
            Kernels kernels = WidenedKernels.over(new HostKernels(device));
            kernels.elementwise().add(kernels.device().newQueue("test"), x, y);
        }
        for (int i = 0; i < 8; i++) {
            assertThat(Elements.get(x, i)).isEqualTo(Double.valueOf(Elements.get(before, i)));
            assertThat(Elements.get(y, i)).isEqualTo(Double.valueOf(Elements.get(before, i) + 0.0));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void theHostItselfRefusesThem(DType type) {
        try (HostDevice device = new HostDevice(1)) {
            Kernels kernels = new HostKernels(device);
            assertThatThrownBy(() ->
                            kernels.elementwise().add(kernels.device().newQueue("test"), zeros(type, 5), zeros(5)))
                    .hasMessage("x is " + type + "; the host computes in FLOAT32 and only copies other types");
        }
    }

    /** Two views of one tensor are one operand; two of which each has something of its own are refused. */
    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void operandsThatOverlap(DType type) {
        Tensor x = half(type, constant(1, 4, 6));
        try (HostDevice device = new HostDevice(1)) {
            Kernels kernels = WidenedKernels.over(new HostKernels(device));
            Queue queue = kernels.device().newQueue("test");
            kernels.elementwise().add(queue, x, x.view(4, 6));
            assertThat(values(x)).containsOnly(2);
            assertThatThrownBy(() -> kernels.elementwise().add(queue, x.rows(0, 3), x.rows(1, 3)))
                    .hasMessageEndingWith("in part; 16-bit operands of a call are equal or apart");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void scratchGrowsAsCallsDo(DType type) {
        try (HostDevice device = new HostDevice(2)) {
            Kernels kernels = WidenedKernels.over(new HostKernels(device));
            Queue queue = kernels.device().newQueue("test");
            for (int n : new int[] {1, 40_001, 3, 100_003}) {
                Tensor x = half(type, constant(3, n));
                kernels.elementwise().add(queue, x, x);
                assertThat(values(x)).containsOnly(6);
            }
            assertThat(kernels.device().description()).endsWith(", 16-bit operands in float32");
            assertThatThrownBy(() -> WidenedKernels.over(DeferringKernels.over(new HostKernels(device))))
                    .hasMessageContaining("legal: those of a HostDevice");
        }
    }

    /**
     * Compares with the oracle.
     *
     * @param units roundings of float32, times the magnitude of what they are made on
     */
    private static void check(DType type, double units, Calls calls) {
        List<Tensor> expected = on(new OracleKernels(new HostDevice(1)), calls);
        for (int threads = 1; threads <= 2; threads++) {
            List<Tensor> actual = on(WidenedKernels.over(new HostKernels(new HostDevice(threads))), calls);
            List<Tensor> deferred =
                    on(DeferringKernels.over(WidenedKernels.over(new HostKernels(new HostDevice(threads)))), calls);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(values(deferred.get(i))).isEqualTo(values(actual.get(i)));
                compare(type, i, actual.get(i), expected.get(i), units);
            }
        }
    }

    /** Each of the two is rounded: half a unit in the last place, or half the smallest number. */
    private static void compare(DType type, int output, Tensor actual, Tensor expected, double units) {
        assertThat(actual.type()).isEqualTo(expected.type());
        boolean narrow = actual.type() == type;
        double unit = narrow ? (type == DType.FLOAT16 ? 0x1p-11 : 0x1p-8) : U;
        double smallest = narrow && type == DType.FLOAT16 ? 0x1p-24 : 0x1p-126;
        for (long i = 0; i < expected.elements(); i++) {
            double e = Elements.get(expected, i);
            double a = Elements.get(actual, i);
            double bound = units * U + 2 * unit * Math.max(Math.abs(a), Math.abs(e)) + smallest;
            assertThat(Math.abs(a - e) <= bound)
                    .as("output %d, element %d: %s, expected %s within %s", output, i, a, e, bound)
                    .isTrue();
        }
    }

    private static List<Tensor> on(Kernels kernels, Calls calls) {
        Queue queue = kernels.device().newQueue("test");
        List<Tensor> results = new ArrayList<>(calls.run(kernels, queue));
        queue.awaitHost();
        kernels.device().close();
        return results;
    }

    private static Tensor scratch(Shape shape) {
        return constant(Double.NaN, shape.toArray());
    }

    /** Rounded to 16 bits. */
    private static Tensor half(DType type, Tensor wide) {
        Tensor half = zeros(type, wide.shape().toArray());
        for (long i = 0; i < wide.elements(); i++) {
            Elements.set(half, i, Elements.get(wide, i));
        }
        return half;
    }
}
