package io.sparktron.kernels.host;

import static io.sparktron.kernels.Tensors.constant;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.ints;
import static io.sparktron.kernels.Tensors.longs;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.zeros;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Bits;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.kernels.SampleRows;
import io.sparktron.kernels.StepState;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs kernels on odd sizes and prints the checksum of each output: a program that other JVMs run too. */
public final class KernelBits {
    private final Kernels kernels;
    private final Queue queue;
    private final DType type;
    private final Map<String, Long> checksums = new LinkedHashMap<>();

    private KernelBits(Kernels kernels, DType type) {
        this.kernels = kernels;
        this.queue = kernels.device().newQueue("bits");
        this.type = type;
    }

    /** @param arguments the number of threads */
    public static void main(String[] arguments) {
        print(of(Integer.parseInt(arguments[0])));
    }

    /** A line for each output. */
    public static void print(Map<String, Long> checksums) {
        checksums.forEach((output, checksum) -> System.out.println(output + "=" + checksum));
    }

    /** Checksums by output of the host's kernels. */
    static Map<String, Long> of(int threads) {
        try (HostDevice device = new HostDevice(threads)) {
            return of(new HostKernels(device), DType.FLOAT32);
        }
    }

    /**
     * Checksums by output of all kernels but the matrix product.
     *
     * @param type of activations and weights
     */
    public static Map<String, Long> of(Kernels kernels, DType type) {
        KernelBits bits = new KernelBits(kernels, type);
        bits.elementwise();
        bits.normalization();
        bits.attention();
        bits.embedding();
        bits.crossEntropy();
        bits.optimization();
        return bits.checksums;
    }

    /** Rounded to the type. */
    private Tensor typed(Tensor wide) {
        Tensor rounded = zeros(type, wide.shape().toArray());
        for (long i = 0; i < wide.elements(); i++) {
            Elements.set(rounded, i, Elements.get(wide, i));
        }
        return rounded;
    }

    private void keep(String output, Tensor tensor) {
        checksums.put(output, Bits.checksum(tensor));
    }

    private void elementwise() {
        Elementwise elementwise = kernels.elementwise();
        Tensor x = typed(normal(1, 171, 101));
        Tensor bias = typed(normal(2, 101));
        Tensor y = zeros(type, 171, 101);
        elementwise.bias(queue, x, bias, y);
        keep("bias", y);
        elementwise.biasGelu(queue, x, bias, y);
        keep("biasGelu", y);
        elementwise.biasGeluBackward(queue, typed(normal(3, 171, 101)), x, bias, y);
        keep("biasGeluBackward", y);
        elementwise.biasTanh(queue, x, bias, y);
        keep("biasTanh", y);
        elementwise.biasTanhBackward(queue, typed(normal(3, 171, 101)), x, bias, y);
        keep("biasTanhBackward", y);
        SampleRows all = SampleRows.all(longs(5, 1L << 40, 7), 57);
        elementwise.biasDropoutResidual(queue, x, bias, typed(normal(4, 171, 101)), Dropout.NONE, all, y);
        keep("biasResidual", y);
        Dropout dropout = new Dropout(0.1, 1234, DropoutSite.MLP_OUTPUT.of(3));
        SampleRows some = new SampleRows(all.positions(), 57, 50); // few: an interpreter takes its time for vectors
        Tensor dropped = zeros(type, 11, 101);
        elementwise.biasDropoutResidual(queue, x.rows(0, 11), bias, y.rows(0, 11), dropout, some, dropped);
        keep("biasDropoutResidual", dropped);
        elementwise.dropout(queue, dropped, dropout, some, dropped);
        keep("dropout", dropped);
        elementwise.add(queue, x, y);
        keep("add", y);
        Tensor dBias = normal(2, 101);
        elementwise.biasBackward(queue, y, dBias);
        keep("biasBackward", dBias);
    }

    private void normalization() {
        Normalization normalization = kernels.normalization();
        Tensor x = typed(normal(1, 171, 101));
        Tensor weight = typed(normal(2, 101));
        Tensor y = zeros(type, 171, 101);
        Tensor mean = zeros(171);
        Tensor inverse = zeros(171);
        normalization.forward(queue, x, weight, typed(normal(3, 101)), 1e-5f, y, mean, inverse);
        keep("normalization", y);
        keep("mean", mean);
        keep("inverse", inverse);
        Tensor dx = typed(normal(4, 171, 101));
        Tensor dWeight = normal(5, 101);
        Tensor dBias = normal(6, 101);
        normalization.backward(queue, y, x, weight, mean, inverse, dx, dWeight, dBias);
        keep("normalization dx", dx);
        keep("normalization dWeight", dWeight);
        keep("normalization dBias", dBias);
    }

    private void attention() {
        Dropout dropout = new Dropout(0.1, 1234, DropoutSite.ATTENTION_PROBABILITIES.of(3));
        attention(71, 11, Dropout.NONE);
        attention(19, 11, dropout);
        // In 16 bits also heads that a blocked kernel may have been made for, with rows in two of its tiles.
        if (type != DType.FLOAT32) {
            attention(71, 64, dropout);
            attention(67, 96, Dropout.NONE);
            attention(67, 128, Dropout.NONE);
        }
    }

    private void attention(int s, int d, Dropout p) {
        Attention attention = kernels.attention();
        Tensor qkv = typed(normal(1, 2, s, 3, 2, d));
        Tensor lengths = ints(s, s - 4);
        Tensor at = longs(5, 1L << 40);
        Tensor saved = zeros(attention.savedShape(2, 2, s, d).toArray());
        Tensor forward = zeros(attention.forwardScratchShape(p, 2, 2, s, d).toArray());
        Tensor backward = zeros(attention.backwardScratchShape(p, 2, 2, s, d).toArray());
        Tensor out = zeros(type, 2, s, 2, d);
        Tensor dQkv = zeros(type, 2, s, 3, 2, d);
        attention.forward(queue, true, qkv, lengths, p, at, 3, 7, saved, forward, out);
        keep("attention of " + s + ", heads of " + d, out);
        Tensor dOut = typed(normal(2, 2, s, 2, d));
        attention.backward(queue, true, dOut, qkv, lengths, p, at, 3, 7, saved, out, backward, dQkv);
        keep("attention dQkv of " + s + ", heads of " + d, dQkv);
    }

    private void embedding() {
        Embedding embedding = kernels.embedding();
        Tensor tokens = ints(3, 1, 4, 1, 5, 9, 2, 6, 5, 3);
        Tensor out = zeros(type, 10, 301);
        embedding.forward(queue, tokens, typed(normal(1, 7, 301)), 2, 6, out);
        SampleRows rows = SampleRows.all(longs(0, 1), 5);
        embedding.addPositions(queue, typed(normal(2, 6, 301)), rows, out);
        keep("embedding", out);
        Tensor dTable = normal(3, 7, 301);
        embedding.backward(queue, tokens, out, 2, 6, dTable);
        keep("embedding dTable", dTable);
        Tensor dPositions = normal(4, 6, 301);
        embedding.positionsBackward(queue, out, rows, dPositions);
        keep("embedding dPositions", dPositions);
    }

    private void crossEntropy() {
        CrossEntropy parts = kernels.crossEntropy();
        Tensor logits = typed(normal(1, 5, 4_001));
        Tensor targets = ints(0, 3_990, 17, CrossEntropy.IGNORED, 2_000);
        Tensor max = zeros(5);
        Tensor sums = zeros(2, 5);
        Tensor losses = zeros(5);
        Tensor scale = zeros(DType.FLOAT64, 1);
        Elements.set(scale, 0, 1.0 / 3);
        parts.maximum(queue, logits, 3_997, max);
        parts.sums(queue, logits, 3_997, max, targets, 0, sums);
        parts.losses(queue, sums, targets, losses);
        keep("max", max);
        keep("sums", sums);
        keep("losses", losses);
        parts.gradient(queue, logits, 3_997, max, sums, targets, 0, scale, logits);
        keep("dLogits", logits);
    }

    private void optimization() {
        Optimization optimization = kernels.optimization();
        Tensor gradient = normal(2, 19_003);
        Tensor chunks = zeros(DType.FLOAT64, 5);
        Tensor slots = zeros(DType.FLOAT64, StepState.SLOTS);
        StepState state = new StepState(slots);
        Elements.set(slots, StepState.LEARNING_RATE, 1e-3);
        Elements.set(slots, StepState.LOSS_SCALE, 1);
        Elements.set(slots, StepState.BETA1_POWER, 1);
        Elements.set(slots, StepState.BETA2_POWER, 1);
        optimization.sumOfSquares(queue, gradient, chunks);
        optimization.sum(queue, chunks, state.slot(StepState.SQUARED_NORM));
        optimization.decide(queue, slots, 1, 0.9, 0.95, LossScaling.NONE);
        keep("state", slots);
        Tensor parameter = normal(1, 19_003);
        Tensor first = normal(3, 19_003);
        Tensor second = constant(0.25, 19_003);
        Tensor unused = copyOf(gradient);
        Tensor value = type == DType.FLOAT32 ? parameter : zeros(type, 19_003);
        optimization.adamW(queue, slots, 0.9, 0.95, 1e-8, 0.1, parameter, unused, first, second, value);
        keep("parameter", parameter);
        keep("value", value);
        keep("first moment", first);
        keep("second moment", second);
    }
}
