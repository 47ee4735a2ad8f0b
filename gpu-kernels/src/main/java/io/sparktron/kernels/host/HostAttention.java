package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import jdk.incubator.vector.FloatVector;

/**
 * Attention in its plain form: the probabilities [b, a, s, s] are kept for backward. The workers share the b x a heads, and each head is
 * a few small products straight on the strided rows of qkv, so bits do not depend on the threads. Queries are taken in blocks, and a block's
 * products end with the last key that one of its queries sees: half the work of a long causal sequence is never done, and keys beyond a sample's
 * length are not even read.
 */
final class HostAttention implements Attention {
    /** Queries of a block: enough for the product's own blocking, few enough that little beyond the diagonal is computed. */
    private static final int BLOCK = 64;

    private final Blas[] blas;

    HostAttention(Blas[] blas) {
        this.blas = blas;
    }

    /** The probabilities; what lies beyond the last key of a block is not written. */
    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return Shape.of(b, a, s, s);
    }

    /** With dropout, the probabilities of one block that are left, for each thread. */
    @Override
    public Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return Shape.of(blas.length, dropout.active() ? 1 : 0, Math.min(BLOCK, s), s);
    }

    /** The gradient of one block's scores and, with dropout, the probabilities that are left, for each thread. */
    @Override
    public Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return Shape.of(blas.length, dropout.active() ? 2 : 1, Math.min(BLOCK, s), s);
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
        Workers workers = HostQueue.of(queue).workers();
        Operands.attention(qkv, lengths, out);
        Operands.attentionDropout(qkv, dropout, positions, firstHead, heads);
        Floats.require("qkv", qkv);
        Floats.require("out", out);
        Sizes sizes = Sizes.of(qkv, lengths);
        Operands.shape("saved", saved, savedShape(sizes.b, sizes.a, sizes.s, sizes.d));
        Operands.shape("scratch", scratch, forwardScratchShape(dropout, sizes.b, sizes.a, sizes.s, sizes.d));
        workers.run(sizes.b * sizes.a, 1, (worker, first, end) -> {
            float[] lanes = new float[Lanes.COUNT];
            HeadMasks masks = HeadMasks.of(dropout, positions, firstHead, sizes.s, scratch, worker, 0);
            for (long head = first; head < end; head++) {
                Head h = new Head(sizes, qkv, lengths, head);
                forward(blas[worker], h, causal, saved, masks, out, lanes);
            }
        });
    }

    private static void forward(
            Blas blas, Head h, boolean causal, Tensor saved, HeadMasks masks, Tensor out, float[] lanes) {
        int s = h.sizes.s;
        int d = h.sizes.d;
        long stride = h.stride();
        Floats probabilities = Floats.of("saved", saved, h.number * s * s, (long) s * s);
        for (int from = 0; from < s; from += BLOCK) {
            int rows = Math.min(BLOCK, s - from);
            int keys = h.visible(causal, from + rows - 1);
            long q = at(h.query, from * stride);
            long p = at(saved.address(), (h.number * s + from) * s); // [rows, keys] of [s, s]
            blas.multiply(false, true, rows, keys, d, h.sizes.scale(), q, stride, h.key, stride, 0, p, s); // scores
            for (int i = from; i < from + rows; i++) {
                softmax(probabilities, i * s, h.visible(causal, i), keys, lanes);
            }
            if (masks != null) {
                p = masks.apply(h.sample, h.head(), probabilities, from, rows, keys);
            }
            long y = at(h.row(out), from * h.outStride());
            blas.multiply(false, false, rows, d, keys, 1, p, s, h.value, stride, 0, y, h.outStride());
        }
    }

    /** Over the first {@code visible} elements of a row, in place; the others of {@code keys} become 0. */
    private static void softmax(Floats scores, int at, int visible, int keys, float[] lanes) {
        int end = wholeLanes(visible, keys);
        scores.fill(at + visible, end - visible, Float.NEGATIVE_INFINITY);
        float max = Lanes.max(scores, at, end, lanes);
        float sum = Lanes.exponentials(scores, at, max, scores, at, end, lanes);
        Rows.scale(scores, at, 1 / sum, end);
        scores.fill(at + end, keys - end, 0);
    }

    /** Up to 15 elements more than are visible, where the row has them: zeros cost less than a remainder done one by one. */
    private static int wholeLanes(int visible, int keys) {
        return Math.min(Lanes.whole(visible + Lanes.COUNT - 1), keys);
    }

    /** Address of element {@code elements} after an address. */
    private static long at(long address, long elements) {
        return address + elements * Float.BYTES;
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
        Workers workers = HostQueue.of(queue).workers();
        Operands.attention(qkv, lengths, out);
        Operands.attentionDropout(qkv, dropout, positions, firstHead, heads);
        Operands.sameShape("dOut", dOut, "out", out);
        Operands.sameShape("dQkv", dQkv, "qkv", qkv);
        Floats.require("dOut", dOut);
        Floats.require("qkv", qkv);
        Floats.require("dQkv", dQkv);
        Sizes sizes = Sizes.of(qkv, lengths);
        Operands.shape("saved", saved, savedShape(sizes.b, sizes.a, sizes.s, sizes.d));
        Operands.shape("scratch", scratch, backwardScratchShape(dropout, sizes.b, sizes.a, sizes.s, sizes.d));
        workers.run(sizes.b * sizes.a, 1, (worker, first, end) -> {
            float[] lanes = new float[Lanes.COUNT];
            Tensor dScores = HeadMasks.block(scratch, worker, 0); // [BLOCK, s]
            HeadMasks masks = HeadMasks.of(dropout, positions, firstHead, sizes.s, scratch, worker, 1);
            for (long head = first; head < end; head++) {
                Head h = new Head(sizes, qkv, lengths, head);
                Head gradient = new Head(sizes, dQkv, lengths, head);
                backward(blas[worker], h, causal, dOut, saved, masks, dScores, gradient, lanes);
                h.clearPadding(dQkv);
            }
        });
    }

    /**
     * From the last block to the first: the last sees every key, so its part of the gradients of keys and values overwrites and the others add.
     *
     * @param gradient the same head inside dQkv
     */
    private static void backward(
            Blas blas,
            Head h,
            boolean causal,
            Tensor dOut,
            Tensor saved,
            HeadMasks masks,
            Tensor dScores,
            Head gradient,
            float[] lanes) {
        int s = h.sizes.s;
        int d = h.sizes.d;
        long stride = h.stride();
        long outStride = h.outStride();
        float scale = h.sizes.scale();
        long dp = dScores.address(); // [rows, keys] of [BLOCK, s]
        Floats probabilities = Floats.of("saved", saved, h.number * s * s, (long) s * s);
        Floats scores = Floats.of("scratch", dScores);
        for (int from = (s - 1) / BLOCK * BLOCK; from >= 0; from -= BLOCK) {
            int rows = Math.min(BLOCK, s - from);
            int keys = h.visible(causal, from + rows - 1);
            float beta = from + rows == s ? 0 : 1;
            long q = at(h.query, from * stride); // [rows, d]
            long dq = at(gradient.query, from * stride); // [rows, d]
            long dy = at(h.row(dOut), from * outStride); // [rows, d]
            long p = at(saved.address(), (h.number * s + from) * s); // [rows, keys] of [s, s]
            if (masks != null) {
                p = masks.apply(h.sample, h.head(), probabilities, from, rows, keys);
            }
            blas.multiply(true, false, keys, d, rows, 1, p, s, dy, outStride, beta, gradient.value, stride);
            blas.multiply(false, true, rows, keys, d, 1, dy, outStride, h.value, stride, 0, dp, s);
            for (int i = 0; i < rows; i++) {
                int end = wholeLanes(h.visible(causal, from + i), keys);
                int at = i * s;
                if (masks != null) {
                    float mean = Lanes.dot(masks.left(), at, scores, at, end, lanes);
                    softmaxBackward(probabilities, (from + i) * s, masks.left(), scores, at, mean, end);
                } else {
                    float mean = Lanes.dot(probabilities, (from + i) * s, scores, at, end, lanes);
                    softmaxBackward(probabilities, (from + i) * s, scores, at, mean, end);
                }
                scores.fill(at + end, keys - end, 0);
            }
            blas.multiply(false, false, rows, d, keys, scale, dp, s, h.key, stride, 0, dq, stride);
            blas.multiply(true, false, keys, d, rows, scale, dp, s, q, stride, beta, gradient.key, stride);
        }
    }

    /** {@code dp = p (dp - mean)}. */
    private static void softmaxBackward(Floats p, int pAt, Floats dp, int at, float mean, int count) {
        int whole = count - count % SPECIES.length();
        for (int j = 0; j < whole; j += SPECIES.length()) {
            FloatVector centered = dp.load(at + j).sub(mean);
            dp.store(at + j, p.load(pAt + j).mul(centered));
        }
        for (int j = whole; j < count; j++) {
            dp.set(at + j, p.get(pAt + j) * (dp.get(at + j) - mean));
        }
    }

    /**
     * {@code dp = left dp - p mean}, which is {@code p (factor dp - mean)}: what is left of p is p times its factor, so the mask is not drawn again.
     *
     * @param left probabilities after dropout, in the rows of dp
     */
    private static void softmaxBackward(Floats p, int pAt, Floats left, Floats dp, int at, float mean, int count) {
        int whole = count - count % SPECIES.length();
        for (int j = 0; j < whole; j += SPECIES.length()) {
            FloatVector centre = p.load(pAt + j).mul(mean);
            dp.store(at + j, left.load(at + j).mul(dp.load(at + j)).sub(centre));
        }
        for (int j = whole; j < count; j++) {
            dp.set(at + j, left.get(at + j) * dp.get(at + j) - p.get(pAt + j) * mean);
        }
    }

    /** Extents of qkv [b, s, 3, a, d]. */
    private record Sizes(long b, int s, int a, int d) {
        static Sizes of(Tensor qkv, Tensor lengths) {
            Sizes sizes = new Sizes(
                    qkv.extent(0),
                    Math.toIntExact(qkv.extent(1)),
                    Math.toIntExact(qkv.extent(3)),
                    Math.toIntExact(qkv.extent(4)));
            for (long sample = 0; sample < sizes.b; sample++) {
                Operands.range("length of sample " + sample, Elements.getInt(lengths, sample), 1, sizes.s);
            }
            return sizes;
        }

        float scale() {
            return (float) (1 / Math.sqrt(d));
        }
    }

    /** One head of one sample: where its query, key and value begin inside qkv [b, s, 3, a, d]. */
    private static final class Head {
        final Sizes sizes;
        final long number;
        final long sample;
        final int length;
        final long query;
        final long key;
        final long value;

        Head(Sizes sizes, Tensor qkv, Tensor lengths, long number) {
            this.sizes = sizes;
            this.number = number;
            this.sample = number / sizes.a;
            this.length = Elements.getInt(lengths, sample);
            long part = (long) sizes.a * sizes.d * Float.BYTES;
            this.query = qkv.address() + Float.BYTES * element();
            this.key = query + part;
            this.value = key + part;
        }

        /** The head among those here. */
        long head() {
            return number % sizes.a;
        }

        /** Row-major index of the first element of the query. */
        private long element() {
            return sample * sizes.s * stride() + head() * sizes.d;
        }

        /** Elements from one position to the next in qkv. */
        long stride() {
            return 3L * outStride();
        }

        /** Elements from one position to the next in [b, s, a, d]. */
        long outStride() {
            return (long) sizes.a * sizes.d;
        }

        /** Address of this head's first element in [b, s, a, d]. */
        long row(Tensor out) {
            return out.address() + Float.BYTES * (sample * sizes.s * outStride() + head() * sizes.d);
        }

        /** Positions {@code 0 ... visible - 1} are seen by position i. */
        int visible(boolean causal, int i) {
            return causal ? Math.min(i + 1, length) : length;
        }

        /** Keys and values that nobody saw have no gradient. */
        void clearPadding(Tensor dQkv) {
            for (int i = length; i < sizes.s; i++) {
                for (int part = 1; part <= 2; part++) {
                    long at = element() + i * stride() + part * outStride();
                    Floats.of("dQkv", dQkv, at, sizes.d).fill(0, sizes.d, 0);
                }
            }
        }
    }
}
