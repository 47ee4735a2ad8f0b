package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import jdk.incubator.vector.FloatVector;

/**
 * Attention in its plain form: the probabilities [b, a, s, s] are kept for backward. The workers share the b x a heads, and each head is
 * a few small products straight on the strided rows of qkv, so bits do not depend on the threads. Keys beyond a sample's length are not even
 * read.
 */
final class HostAttention implements Attention {
    private final Blas[] blas;

    HostAttention(Blas[] blas) {
        this.blas = blas;
    }

    /** The probabilities, zero where a position is not seen. */
    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return Shape.of(b, a, s, s);
    }

    /** The gradient of one head's scores, for each thread. */
    @Override
    public Shape scratchShape(long b, long a, long s, long d) {
        return Shape.of(blas.length, s, s);
    }

    @Override
    public void forward(Queue queue, boolean causal, Tensor qkv, Tensor lengths, Tensor saved, Tensor out) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.attention(qkv, lengths, out);
        Floats.require("qkv", qkv);
        Floats.require("out", out);
        Sizes sizes = Sizes.of(qkv, lengths);
        Operands.shape("saved", saved, savedShape(sizes.b, sizes.a, sizes.s, sizes.d));
        workers.run(sizes.b * sizes.a, 1, (worker, first, end) -> {
            float[] lanes = new float[Lanes.COUNT];
            for (long head = first; head < end; head++) {
                forward(blas[worker], new Head(sizes, qkv, lengths, head), causal, saved, out, lanes);
            }
        });
    }

    private static void forward(Blas blas, Head h, boolean causal, Tensor saved, Tensor out, float[] lanes) {
        int s = h.sizes.s;
        int d = h.sizes.d;
        long p = h.square(saved); // [s, s]
        blas.multiply(
                false,
                true,
                s,
                h.length,
                d,
                h.sizes.scale(),
                h.query,
                h.stride(),
                h.key,
                h.stride(),
                0,
                p,
                s); // scores
        Floats probabilities = Floats.of("saved", saved, h.number * s * s, (long) s * s);
        for (int i = 0; i < s; i++) {
            int visible = h.visible(causal, i);
            float max = Lanes.max(probabilities, i * s, visible, lanes);
            float sum = Lanes.exponentials(probabilities, i * s, max, probabilities, i * s, visible, lanes);
            Rows.scale(probabilities, i * s, 1 / sum, visible);
            probabilities.fill(i * s + visible, s - visible, 0);
        }
        blas.multiply(false, false, s, d, h.length, 1, p, s, h.value, h.stride(), 0, h.row(out), h.outStride());
    }

    @Override
    public void backward(
            Queue queue,
            boolean causal,
            Tensor dOut,
            Tensor qkv,
            Tensor lengths,
            Tensor saved,
            Tensor out,
            Tensor scratch,
            Tensor dQkv) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.attention(qkv, lengths, out);
        Operands.sameShape("dOut", dOut, "out", out);
        Operands.sameShape("dQkv", dQkv, "qkv", qkv);
        Floats.require("dOut", dOut);
        Floats.require("qkv", qkv);
        Floats.require("dQkv", dQkv);
        Sizes sizes = Sizes.of(qkv, lengths);
        Operands.shape("saved", saved, savedShape(sizes.b, sizes.a, sizes.s, sizes.d));
        Operands.shape("scratch", scratch, scratchShape(sizes.b, sizes.a, sizes.s, sizes.d));
        workers.run(sizes.b * sizes.a, 1, (worker, first, end) -> {
            float[] lanes = new float[Lanes.COUNT];
            Tensor dScores = scratch.rows(worker, 1); // [1, s, s]
            for (long head = first; head < end; head++) {
                Head h = new Head(sizes, qkv, lengths, head);
                backward(blas[worker], h, causal, dOut, saved, dScores, new Head(sizes, dQkv, lengths, head), lanes);
                h.clearPadding(dQkv);
            }
        });
    }

    /** @param gradient the same head inside dQkv */
    private static void backward(
            Blas blas,
            Head h,
            boolean causal,
            Tensor dOut,
            Tensor saved,
            Tensor dScores,
            Head gradient,
            float[] lanes) {
        int s = h.sizes.s;
        int d = h.sizes.d;
        long stride = h.stride();
        float scale = h.sizes.scale();
        long p = h.square(saved); // [s, s]
        long dp = dScores.address(); // [s, s]
        long dy = h.row(dOut); // [s, d]
        blas.multiply(true, false, h.length, d, s, 1, p, s, dy, h.outStride(), 0, gradient.value, stride);
        blas.multiply(false, true, s, h.length, d, 1, dy, h.outStride(), h.value, stride, 0, dp, s);
        Floats probabilities = Floats.of("saved", saved, h.number * s * s, (long) s * s);
        Floats scores = Floats.of("scratch", dScores);
        for (int i = 0; i < s; i++) {
            int visible = h.visible(causal, i);
            float mean = Lanes.dot(probabilities, i * s, scores, i * s, visible, lanes);
            softmaxBackward(probabilities, scores, i * s, mean, visible);
            scores.fill(i * s + visible, h.length - visible, 0);
        }
        blas.multiply(false, false, s, d, h.length, scale, dp, s, h.key, stride, 0, gradient.query, stride);
        blas.multiply(true, false, h.length, d, s, scale, dp, s, h.query, stride, 0, gradient.key, stride);
    }

    /** {@code dp = p (dp - mean)}. */
    private static void softmaxBackward(Floats p, Floats dp, int at, float mean, int count) {
        int whole = count - count % SPECIES.length();
        for (int j = 0; j < whole; j += SPECIES.length()) {
            FloatVector centered = dp.load(at + j).sub(mean);
            dp.store(at + j, p.load(at + j).mul(centered));
        }
        for (int j = whole; j < count; j++) {
            dp.set(at + j, p.get(at + j) * (dp.get(at + j) - mean));
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

        /** Row-major index of the first element of the query. */
        private long element() {
            return sample * sizes.s * stride() + number % sizes.a * sizes.d;
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
            return out.address() + Float.BYTES * (sample * sizes.s * outStride() + number % sizes.a * sizes.d);
        }

        /** Address of this head's matrix in [b, a, s, s]. */
        long square(Tensor saved) {
            return saved.address() + Float.BYTES * number * sizes.s * sizes.s;
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
