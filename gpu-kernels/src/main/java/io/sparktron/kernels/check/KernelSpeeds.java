package io.sparktron.kernels.check;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.Optimization;
import io.sparktron.kernels.SampleRows;
import io.sparktron.kernels.StepState;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Kernels on operands that no cache holds, timed one after the other, the copy of as many bytes first: it is the ceiling of all that memory bounds. */
public final class KernelSpeeds {
    /** The copy's name. */
    public static final String COPY = "copy";

    /** Products of backward against those of forward: five against two. */
    private static final double BACKWARD = 2.5;

    private static final Dropout DROPOUT = new Dropout(0.1, 1, DropoutSite.MLP_OUTPUT.of(0));

    /**
     * Sizes of the operands.
     *
     * @param rows n, a multiple of twice {@code sequence}
     * @param columns h
     * @param logitRows n of logits
     * @param vocabulary v
     * @param samples b of attention
     * @param sequence s
     * @param heads a
     * @param headSize d
     */
    public record Scale(
            long rows,
            long columns,
            long logitRows,
            long vocabulary,
            long samples,
            long sequence,
            long heads,
            long headSize) {
        /** What fills a GPU and no cache: some gigabytes. */
        public static final Scale FULL = new Scale(65_536, 1024, 8192, 50_304, 4, 2048, 16, 64);
    }

    private final Kernels kernels;
    private final Queue queue;
    private final DType type;
    private final Scale scale;
    private final Stopwatch stopwatch;
    private final List<Speed> speeds = new ArrayList<>();

    private KernelSpeeds(Kernels kernels, Queue queue, DType type, Scale scale, Stopwatch stopwatch) {
        this.kernels = kernels;
        this.queue = queue;
        this.type = type;
        this.scale = scale;
        this.stopwatch = stopwatch;
    }

    /** Of operands of one type. */
    public static List<Speed> measure(Kernels kernels, Queue queue, DType type, Scale scale, Stopwatch stopwatch) {
        KernelSpeeds all = new KernelSpeeds(kernels, queue, type, scale, stopwatch);
        all.elementwise();
        all.normalization();
        all.embedding();
        all.crossEntropy();
        all.update();
        all.attention();
        return all.speeds;
    }

    private void time(String kernel, String operands, double bytes, double operations, Runnable call) {
        speeds.add(new Speed(kernel, type, operands, bytes, operations, stopwatch.time(queue, call)));
    }

    /** A kernel that moves so many bytes for each element of [n, h]. */
    private void timeRows(String kernel, int bytes, Runnable call) {
        time(
                kernel,
                Shape.of(scale.rows, scale.columns).toString(),
                (double) bytes * scale.rows * scale.columns,
                0,
                call);
    }

    private void elementwise() {
        try (Memory memory = new Memory()) {
            Tensor x = memory.of(type, scale.rows, scale.columns);
            Tensor y = memory.of(type, scale.rows, scale.columns);
            Tensor z = memory.of(type, scale.rows, scale.columns);
            Tensor bias = memory.of(type, scale.columns);
            Tensor dBias = memory.of(DType.FLOAT32, scale.columns);
            SampleRows rows = SampleRows.all(memory.positions(scale.rows / scale.sequence), scale.sequence);
            int e = type.bytes();
            var on = kernels.elementwise();
            timeRows(COPY, 2 * e, () -> on.copy(queue, x, y));
            timeRows("elementwise.fill", e, () -> on.fill(queue, x, 0.5));
            timeRows("elementwise.add", 3 * e, () -> on.add(queue, x, y));
            timeRows("elementwise.bias", 2 * e, () -> on.bias(queue, x, bias, y));
            timeRows("elementwise.biasBackward", e, () -> on.biasBackward(queue, x, dBias));
            timeRows("elementwise.biasGelu", 2 * e, () -> on.biasGelu(queue, x, bias, y));
            timeRows("elementwise.biasGeluBackward", 3 * e, () -> on.biasGeluBackward(queue, x, y, bias, z));
            timeRows("elementwise.biasTanh", 2 * e, () -> on.biasTanh(queue, x, bias, y));
            timeRows("elementwise.biasTanhBackward", 3 * e, () -> on.biasTanhBackward(queue, x, y, bias, z));
            timeRows(
                    "elementwise.biasDropoutResidual",
                    3 * e,
                    () -> on.biasDropoutResidual(queue, x, bias, y, DROPOUT, rows, z));
            timeRows("elementwise.dropout", 2 * e, () -> on.dropout(queue, x, DROPOUT, rows, y));
        }
    }

    private void normalization() {
        try (Memory memory = new Memory()) {
            Tensor x = memory.of(type, scale.rows, scale.columns);
            Tensor y = memory.of(type, scale.rows, scale.columns);
            Tensor dx = memory.of(type, scale.rows, scale.columns);
            Tensor weight = memory.of(type, scale.columns);
            Tensor bias = memory.of(type, scale.columns);
            Tensor mean = memory.of(DType.FLOAT32, scale.rows);
            Tensor inverse = memory.of(DType.FLOAT32, scale.rows);
            Tensor dWeight = memory.of(DType.FLOAT32, scale.columns);
            Tensor dBias = memory.of(DType.FLOAT32, scale.columns);
            int e = type.bytes();
            var on = kernels.normalization();
            timeRows("normalization.forward", 2 * e, () -> on.forward(queue, x, weight, bias, 1e-5f, y, mean, inverse));
            timeRows(
                    "normalization.backward",
                    4 * e,
                    () -> on.backward(queue, y, x, weight, mean, inverse, dx, dWeight, dBias));
        }
    }

    /** Every row of the table once, in an order that jumps. */
    private void embedding() {
        try (Memory memory = new Memory();
                Allocations host = new Allocations()) {
            long n = scale.rows / 2;
            int[] ids = new int[(int) n];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = (int) (i * 7919L % n);
            }
            Tensor tokens = memory.of(DType.INT32, n);
            HostTensors operands = new HostTensors(host.from(HostMemory::allocate));
            queue.write(Room.bytes(operands.ints(ids)), tokens);
            Tensor table = memory.of(type, n, scale.columns);
            Tensor x = memory.of(type, n, scale.columns);
            Tensor dTable = memory.of(DType.FLOAT32, n, scale.columns);
            Tensor positions = memory.of(type, scale.sequence, scale.columns);
            Tensor dPositions = memory.of(DType.FLOAT32, scale.sequence, scale.columns);
            SampleRows rows = SampleRows.all(memory.positions(n / scale.sequence), scale.sequence);
            double elements = (double) n * scale.columns;
            String shape = x.shape().toString();
            int e = type.bytes();
            var on = kernels.embedding();
            time("embedding.forward", shape, 2 * e * elements, 0, () -> on.forward(queue, tokens, table, 0, n, x));
            time(
                    "embedding.backward",
                    shape,
                    (e + 2.0 * Float.BYTES) * elements,
                    0,
                    () -> on.backward(queue, tokens, x, 0, n, dTable));
            time(
                    "embedding.addPositions",
                    shape,
                    2 * e * elements,
                    0,
                    () -> on.addPositions(queue, positions, rows, x));
            time(
                    "embedding.positionsBackward",
                    shape,
                    e * elements,
                    0,
                    () -> on.positionsBackward(queue, x, rows, dPositions));
        }
    }

    private void crossEntropy() {
        try (Memory memory = new Memory()) {
            Tensor logits = memory.of(type, scale.logitRows, scale.vocabulary);
            Tensor max = memory.of(DType.FLOAT32, scale.logitRows);
            Tensor sums = memory.of(DType.FLOAT32, 2, scale.logitRows);
            Tensor targets = memory.of(DType.INT32, scale.logitRows);
            Tensor factor = memory.of(DType.FLOAT64, 1);
            double bytes = logits.bytes();
            String shape = logits.shape().toString();
            var on = kernels.crossEntropy();
            time("crossEntropy.maximum", shape, bytes, 0, () -> on.maximum(queue, logits, scale.vocabulary, max));
            time(
                    "crossEntropy.sums",
                    shape,
                    bytes,
                    0,
                    () -> on.sums(queue, logits, scale.vocabulary, max, targets, 0, sums));
            time(
                    "crossEntropy.gradient",
                    shape,
                    2 * bytes,
                    0,
                    () -> on.gradient(queue, logits, scale.vocabulary, max, sums, targets, 0, factor, logits));
        }
    }

    private void update() {
        try (Memory memory = new Memory()) {
            long n = scale.rows * scale.columns;
            Tensor parameter = memory.of(DType.FLOAT32, n);
            Tensor gradient = memory.of(DType.FLOAT32, n);
            Tensor first = memory.of(DType.FLOAT32, n);
            Tensor second = memory.of(DType.FLOAT32, n);
            Tensor value = type == DType.FLOAT32 ? parameter : memory.of(type, n);
            Tensor state = memory.of(DType.FLOAT64, StepState.SLOTS);
            Tensor sums = memory.of(DType.FLOAT64, (n + Optimization.CHUNK - 1) / Optimization.CHUNK);
            int copy = type == DType.FLOAT32 ? 0 : type.bytes();
            String shape = parameter.shape().toString();
            var on = kernels.optimization();
            time("optimization.sumOfSquares", shape, gradient.bytes(), 0, () -> on.sumOfSquares(queue, gradient, sums));
            time(
                    "optimization.adamW",
                    shape,
                    (7.0 * Float.BYTES + copy) * n,
                    0,
                    () -> on.adamW(queue, state, 0.9, 0.95, 1e-8, 0.1, parameter, gradient, first, second, value));
        }
    }

    /** Causal, so half of the products. */
    private void attention() {
        try (Memory memory = new Memory();
                Allocations host = new Allocations()) {
            Attention on = kernels.attention();
            Dropout none = Dropout.NONE;
            Tensor qkv = memory.of(type, scale.samples, scale.sequence, 3, scale.heads, scale.headSize);
            Tensor dQkv = memory.of(type, scale.samples, scale.sequence, 3, scale.heads, scale.headSize);
            Tensor out = memory.of(type, scale.samples, scale.sequence, scale.heads, scale.headSize);
            Tensor lengths = memory.of(DType.INT32, scale.samples);
            HostTensors operands = new HostTensors(host.from(HostMemory::allocate));
            int[] whole = new int[(int) scale.samples];
            Arrays.fill(whole, (int) scale.sequence);
            queue.write(Room.bytes(operands.ints(whole)), lengths);
            Pattern pattern = new Pattern(operands, 1, type);
            pattern.fill(queue, qkv);
            pattern.fill(queue, out);
            Tensor at = memory.positions(scale.samples);
            Tensor saved = memory.of(on.savedShape(scale.samples, scale.heads, scale.sequence, scale.headSize));
            Tensor forward =
                    memory.of(on.forwardScratchShape(none, scale.samples, scale.heads, scale.sequence, scale.headSize));
            Tensor backward = memory.of(
                    on.backwardScratchShape(none, scale.samples, scale.heads, scale.sequence, scale.headSize));
            double operations =
                    4.0 * scale.samples * scale.heads * scale.sequence * scale.sequence * scale.headSize / 2;
            String shape = Shape.of(scale.samples, scale.sequence, scale.heads, scale.headSize) + ", causal";
            time(
                    "attention.forward",
                    shape,
                    0,
                    operations,
                    () -> on.forward(queue, true, qkv, lengths, none, at, 0, scale.heads, saved, forward, out));
            time(
                    "attention.backward",
                    shape,
                    0,
                    BACKWARD * operations,
                    () -> on.backward(
                            queue, true, out, qkv, lengths, none, at, 0, scale.heads, saved, out, backward, dQkv));
        }
    }

    /** Operands on the device, zero. */
    private final class Memory implements AutoCloseable {
        private final Allocations held = new Allocations();

        Tensor of(DType of, long... extents) {
            Shape shape = Shape.of(extents);
            long bytes = shape.elements() * of.bytes();
            return new Tensor(held.from(kernels.device().allocator()).allocate("operand", bytes), 0, of, shape);
        }

        Tensor of(Shape shape) {
            return of(DType.FLOAT32, shape.toArray());
        }

        Tensor positions(long samples) {
            return of(DType.INT64, samples);
        }

        @Override
        public void close() {
            held.close();
        }
    }
}
