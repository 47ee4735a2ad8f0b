package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.cuda.CudaMatrixProducts.Batch;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/**
 * Attention in its plain form: products by cuBLAS, all heads of a sample at once, and between them the kernels of {@code attention.cu}. It keeps the probabilities before dropout.
 */
final class PlainAttention implements Attention {
    private static final String FILE = "attention.cu";
    private static final int THREADS = 128;
    private static final int KEYS = 1;
    private static final int VALUES = 2;

    private final DType type;
    private final CudaMatrixProducts products;
    private final CudaFunction softmax;
    private final CudaFunction softmaxBackward;
    private final CudaFunction withoutPadding;

    /**
     * @param type of qkv, out and their gradients
     */
    PlainAttention(CudaDevice device, DType type, CudaMatrixProducts products) {
        this.type = type;
        this.products = products;
        this.softmax = device.functions().get(FILE, type, "softmax");
        this.softmaxBackward = device.functions().get(FILE, type, "softmaxBackward");
        this.withoutPadding = device.functions().get(FILE, type, "withoutPadding");
    }

    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return saved(b, a, s);
    }

    /** [b, a, s, s]: the probabilities. */
    static Shape saved(long b, long a, long s) {
        return Shape.of(b, a, s, s);
    }

    @Override
    public Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return forwardScratch(type, dropout, b, a, s, d);
    }

    /** The values without padding, and the weights unless they are kept. */
    static Shape forwardScratch(DType type, Dropout dropout, long b, long a, long s, long d) {
        Sizes sizes = new Sizes(type, b, a, s, d);
        return Shape.of(sizes.rows() + (keepsWeights(type, dropout) ? 0 : sizes.scores()));
    }

    @Override
    public Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return backwardScratch(type, b, a, s, d);
    }

    /** The keys without padding, the weights, and the gradients of them and of the scores. */
    static Shape backwardScratch(DType type, long b, long a, long s, long d) {
        Sizes sizes = new Sizes(type, b, a, s, d);
        return Shape.of(sizes.rows() + sizes.floatScores() + 2 * sizes.scores());
    }

    /** Whether what dropout leaves of the probabilities is the probabilities themselves. */
    private static boolean keepsWeights(DType type, Dropout dropout) {
        return type == DType.FLOAT32 && !dropout.active();
    }

    /** Sizes of scratch tensors in float32 elements, rounded up to 64 bytes. */
    private record Sizes(DType type, long b, long a, long s, long d) {
        /** [b, s, a, d] of the type. */
        long rows() {
            return floats(b * s * a * d, type);
        }

        /** [b, a, s, s] of the type. */
        long scores() {
            return floats(b * a * s * s, type);
        }

        /** [b, a, s, s] in FLOAT32. */
        long floatScores() {
            return floats(b * a * s * s, DType.FLOAT32);
        }

        private static long floats(long elements, DType type) {
            return (elements * type.bytes() + 63) / 64 * 64 / Float.BYTES;
        }
    }

    /** A tensor of scratch memory that begins at a float. */
    private static Tensor in(Tensor scratch, long start, DType type, long... extents) {
        return new Tensor(scratch.memory(), scratch.offset() + start * Float.BYTES, type, Shape.of(extents));
    }

    @Override
    public void forward(
            Queue queue,
            boolean causal,
            Tensor qkv,
            Tensor lengths,
            Dropout dropout,
            Tensor positions,
            long firstHead,
            long heads,
            Tensor saved,
            Tensor scratch,
            Tensor out) {
        Call call = new Call(queue, causal, qkv, lengths, dropout, positions, firstHead, heads, saved);
        call.require(out, scratch, forwardScratchShape(dropout, call.b, call.a, call.s, call.d));
        Tensor values = in(scratch, 0, type, call.b, call.s, call.a, call.d);
        Tensor weights = keepsWeights(type, dropout)
                ? saved
                : in(scratch, call.sizes.rows(), type, call.b, call.a, call.s, call.s);
        call.clean(VALUES, values);
        call.product(false, call.part(qkv, 0), true, call.part(qkv, 1), call.scores(saved), call.scale());
        softmax.launch(queue)
                .grid(call.b * call.a * call.s)
                .threads(THREADS)
                .pass(saved)
                .pass(weights)
                .pass(lengths)
                .pass(positions)
                .pass((int) call.a)
                .pass((int) call.s)
                .pass(causal ? 1 : 0)
                .pass(firstHead)
                .pass(dropout)
                .go();
        call.product(false, call.scores(weights), false, call.rows(values), call.rows(out), 1);
    }

    @Override
    public void backward(
            Queue queue,
            boolean causal,
            Tensor dOut,
            Tensor qkv,
            Tensor lengths,
            Dropout dropout,
            Tensor positions,
            long firstHead,
            long heads,
            Tensor saved,
            Tensor out,
            Tensor scratch,
            Tensor dQkv) {
        Call call = new Call(queue, causal, qkv, lengths, dropout, positions, firstHead, heads, saved);
        call.require(out, scratch, backwardScratchShape(dropout, call.b, call.a, call.s, call.d));
        Operands.sameShape("dOut", dOut, "out", out);
        Operands.sameShape("dQkv", dQkv, "qkv", qkv);
        dOut.expect("dOut", type);
        dQkv.expect("dQkv", type);
        long first = call.sizes.rows();
        long second = first + call.sizes.floatScores();
        Tensor keys = in(scratch, 0, type, call.b, call.s, call.a, call.d);
        Tensor dWeights = in(scratch, first, DType.FLOAT32, call.b, call.a, call.s, call.s);
        Tensor weights = in(scratch, second, type, call.b, call.a, call.s, call.s);
        Tensor dScores = in(scratch, second + call.sizes.scores(), type, call.b, call.a, call.s, call.s);
        call.clean(KEYS, keys);
        call.product(false, call.rows(dOut), true, call.part(qkv, 2), call.scores(dWeights), 1);
        softmaxBackward
                .launch(queue)
                .grid(call.b * call.a * call.s)
                .threads(THREADS)
                .pass(saved)
                .pass(dWeights)
                .pass(weights)
                .pass(dScores)
                .pass(lengths)
                .pass(positions)
                .pass((int) call.a)
                .pass((int) call.s)
                .pass(causal ? 1 : 0)
                .pass(firstHead)
                .pass(dropout)
                .go();
        call.product(true, call.scores(weights), false, call.rows(dOut), call.part(dQkv, 2), 1);
        call.product(false, call.scores(dScores), false, call.rows(keys), call.part(dQkv, 0), call.scale());
        call.product(true, call.scores(dScores), false, call.part(qkv, 0), call.part(dQkv, 1), call.scale());
    }

    /**
     * A matrix for each head of each sample, where it lies.
     *
     * @param tensor in which they lie
     * @param start of the first, elements
     * @param rows of a matrix
     * @param columns of a matrix
     * @param row from row to row, elements
     * @param head from head to head
     * @param sample from sample to sample
     */
    private record Matrices(Tensor tensor, long start, long rows, long columns, long row, long head, long sample) {
        /** The heads of one sample, from the first one's first element on. */
        Tensor of(long index) {
            long at = tensor.offset() + (start + index * sample) * tensor.type().bytes();
            return new Tensor(tensor.memory(), at, tensor.type(), Shape.of(1));
        }
    }

    /** The operands of one call that forward and backward share, checked. */
    private final class Call {
        private final Queue queue;
        private final Tensor qkv;
        private final Tensor lengths;
        private final long b;
        private final long s;
        private final long a;
        private final long d;
        private final Sizes sizes;

        Call(
                Queue queue,
                boolean causal,
                Tensor qkv,
                Tensor lengths,
                Dropout dropout,
                Tensor positions,
                long firstHead,
                long heads,
                Tensor saved) {
            Operands.rank("qkv", qkv, 5).expect("qkv", type);
            Operands.attentionDropout(qkv, dropout, positions, firstHead, heads);
            this.queue = queue;
            this.qkv = qkv;
            this.lengths = lengths;
            this.b = qkv.extent(0);
            this.s = qkv.extent(1);
            this.a = qkv.extent(3);
            this.d = qkv.extent(4);
            this.sizes = new Sizes(type, b, a, s, d);
            Operands.shape("saved", saved, savedShape(b, a, s, d));
            saved.expect("saved", DType.FLOAT32);
        }

        void require(Tensor out, Tensor scratch, Shape scratchShape) {
            Operands.attention(qkv, lengths, out);
            out.expect("out", type);
            Operands.shape("scratch", scratch, scratchShape);
            scratch.expect("scratch", DType.FLOAT32);
        }

        float scale() {
            return (float) (1 / Math.sqrt(d));
        }

        /** Query, key or value of qkv [b, s, 3, a, d]. */
        Matrices part(Tensor tensor, int part) {
            return new Matrices(tensor, part * a * d, s, d, 3 * a * d, d, s * 3 * a * d);
        }

        /** Of [b, s, a, d]. */
        Matrices rows(Tensor tensor) {
            return new Matrices(tensor, 0, s, d, a * d, d, s * a * d);
        }

        /** Of [b, a, s, s]. */
        Matrices scores(Tensor tensor) {
            return new Matrices(tensor, 0, s, s, s, s * s, a * s * s);
        }

        /** {@code z = scale op(x) op(y)}. */
        void product(boolean transposeX, Matrices x, boolean transposeY, Matrices y, Matrices z, float scale) {
            long k = transposeX ? x.rows : x.columns;
            Batch batch = new Batch(a, x.row, x.head, y.row, y.head, z.row, z.head);
            if (z.rows == 0 || z.columns == 0 || a == 0) {
                return;
            }
            for (long i = 0; i < b; i++) {
                products.multiply(
                        queue,
                        transposeX,
                        x.of(i),
                        transposeY,
                        y.of(i),
                        0,
                        z.of(i),
                        z.rows,
                        z.columns,
                        k,
                        scale,
                        batch);
            }
        }

        /** Keys or values with zeros for padding, which may hold what spoils a product. */
        void clean(int part, Tensor clean) {
            withoutPadding
                    .launch(queue)
                    .grid(b * s)
                    .threads(THREADS)
                    .pass(qkv)
                    .pass(lengths)
                    .pass(part)
                    .pass(s)
                    .pass(a * d)
                    .pass(clean)
                    .go();
        }
    }
}
