package io.sparktron.kernels;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/** The checks of shapes and types that every backend shares; an error names the operand, its shape and the legal one. */
public final class Operands {
    private Operands() {}

    /** Fails unless the tensor has so many dimensions. */
    public static Tensor rank(String name, Tensor tensor, int rank) {
        if (tensor.shape().rank() != rank) {
            throw new IllegalArgumentException(
                    name + " has shape " + tensor.shape() + ", expected " + rank + " dimensions");
        }
        return tensor;
    }

    /** Fails unless both have as many elements. */
    public static void sameElements(String name, Tensor tensor, String otherName, Tensor other) {
        if (tensor.elements() != other.elements()) {
            throw new IllegalArgumentException(name + " has shape " + tensor.shape() + ", " + otherName + " has "
                    + other.shape() + "; their element counts must be equal");
        }
    }

    /** Fails unless {@code from <= value <= to}. */
    public static void range(String name, long value, long from, long to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(name + " is " + value + ", must be from " + from + " to " + to);
        }
    }

    /** Fails unless the tensor has the given shape. */
    public static void shape(String name, Tensor tensor, Shape expected) {
        tensor.expect(name, expected.toArray());
    }

    /** Fails unless both have one shape. */
    public static void sameShape(String name, Tensor tensor, String otherName, Tensor other) {
        if (!tensor.shape().equals(other.shape())) {
            throw new IllegalArgumentException(
                    name + " has shape " + tensor.shape() + ", expected " + other.shape() + ", that of " + otherName);
        }
    }

    /** x [n, c] and its bias [c]. */
    public static void rowsAndBias(Tensor x, Tensor bias) {
        rank("x", x, 2);
        bias.expect("bias", x.extent(1));
    }

    /** x [n, h], weight [h], mean and inverse [n]. */
    public static void normalization(Tensor x, Tensor weight, Tensor mean, Tensor inverse) {
        rank("x", x, 2);
        weight.expect("weight", x.extent(1));
        mean.expect("mean", x.extent(0));
        inverse.expect("inverse", x.extent(0));
    }

    /** The three operands of {@link MatrixProducts#multiply}; returns k. */
    public static long product(boolean transposeA, Tensor a, boolean transposeB, Tensor b, Tensor c) {
        rank("a", a, 2);
        rank("b", b, 2);
        rank("c", c, 2);
        long k = a.extent(transposeA ? 0 : 1);
        a.expect("a", transposeA ? new long[] {k, c.extent(0)} : new long[] {c.extent(0), k});
        b.expect("b", transposeB ? new long[] {c.extent(1), k} : new long[] {k, c.extent(1)});
        return k;
    }

    /** positions INT64 [b] of qkv [b, s, 3, a, d], whose heads are {@code firstHead ... firstHead + a - 1} of {@code heads}. */
    public static void attentionDropout(Tensor qkv, Dropout dropout, Tensor positions, long firstHead, long heads) {
        positions.expect("positions", qkv.extent(0)).expect("positions", DType.INT64);
        range("firstHead", firstHead, 0, heads - qkv.extent(3));
        if (dropout.active()) {
            maskedElements(Math.multiplyExact(heads, qkv.extent(1)), qkv.extent(1));
        }
    }

    /** qkv [b, s, 3, a, d], lengths INT32 [b], out [b, s, a, d]. */
    public static void attention(Tensor qkv, Tensor lengths, Tensor out) {
        Shape shape = rank("qkv", qkv, 5).shape();
        qkv.expect("qkv", shape.extent(0), shape.extent(1), 3, shape.extent(3), shape.extent(4));
        lengths.expect("lengths", shape.extent(0)).expect("lengths", DType.INT32);
        out.expect("out", shape.extent(0), shape.extent(1), shape.extent(3), shape.extent(4));
    }

    /** logits [n, v], max [n]. */
    public static void crossEntropy(Tensor logits, long columns, Tensor max) {
        rank("logits", logits, 2);
        range("columns", columns, 0, logits.extent(1));
        max.expect("max", logits.extent(0));
    }

    /** logits [n, v], max [n], targets INT32 [n], sums [2, n]. */
    public static void crossEntropy(Tensor logits, long columns, Tensor max, Tensor targets, Tensor sums) {
        crossEntropy(logits, columns, max);
        targets.expect("targets", logits.extent(0)).expect("targets", DType.INT32);
        sums.expect("sums", 2, logits.extent(0));
    }

    /** sums [2, n], targets INT32 [n], losses [n]. */
    public static void losses(Tensor sums, Tensor targets, Tensor losses) {
        rank("losses", losses, 1);
        sums.expect("sums", 2, losses.extent(0));
        targets.expect("targets", losses.extent(0)).expect("targets", DType.INT32);
    }

    /** sums [2, n], targets INT32 [n], total FLOAT64 [1]. */
    public static void correct(Tensor sums, Tensor targets, Tensor total) {
        rank("targets", targets, 1).expect("targets", DType.INT32);
        sums.expect("sums", 2, targets.extent(0));
        total.expect("total", 1).expect("total", DType.FLOAT64);
    }

    /** logits [n, v], scale FLOAT64 [1], dLogits [n, v]. */
    public static void gradient(Tensor logits, Tensor scale, Tensor dLogits) {
        scale.expect("scale", 1).expect("scale", DType.FLOAT64);
        sameShape("dLogits", dLogits, "logits", logits);
    }

    /** tokens INT32 [n], table [v, h], rows [n, h]. */
    public static void embedding(Tensor tokens, Tensor table, long used, Tensor rows) {
        rank("tokens", tokens, 1).expect("tokens", DType.INT32);
        rank("table", table, 2);
        range("rows", used, 0, table.extent(0));
        rows.expect("rows of the embedding", tokens.extent(0), table.extent(1));
    }

    /** positions [p, h] with p at least s, x [n, h]. */
    public static void positions(Tensor positions, SampleRows rows, Tensor x) {
        sampleRows(rows, x);
        rank("positions", positions, 2).expect("positions", positions.extent(0), x.extent(1));
        range("sequence", rows.sequence(), 0, positions.extent(0));
    }

    /** x [n, h], rows of a micro-batch. */
    public static void sampleRows(SampleRows rows, Tensor x) {
        rank("x", x, 2);
        range("rows of x", x.extent(0), 0, rows.available());
    }

    /** x [n, h], rows of a micro-batch. */
    public static void dropout(Tensor x, Dropout dropout, SampleRows rows) {
        sampleRows(rows, x);
        if (dropout.active()) {
            maskedElements(rows.sequence(), x.extent(1));
        }
    }

    /** The mask of a sample is counted in blocks of 4 by 32 bits. */
    private static void maskedElements(long rows, long columns) {
        range("masked elements of a sample", Math.multiplyExact(rows, Dropout.paddedRow(columns)), 0, 1L << 34);
    }

    /** FLOAT64 [number of chunks of x]. */
    public static void chunkSums(Tensor x, Tensor sums) {
        sums.expect("sums", (x.elements() + Optimization.CHUNK - 1) / Optimization.CHUNK)
                .expect("sums", DType.FLOAT64);
    }

    /** x [n], total FLOAT64 [1]. */
    public static void total(Tensor x, Tensor total) {
        rank("x", x, 1);
        total.expect("total", 1).expect("total", DType.FLOAT64);
    }

    /**
     * The state, and parameter, gradient, both moments and value [n], where the value is of a 16-bit type or the parameter itself; returns whether the former.
     */
    public static boolean update(
            Tensor state, Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, Tensor value) {
        state(state);
        rank("parameter", parameter, 1);
        sameShape("gradient", gradient, "parameter", parameter);
        sameShape("firstMoment", firstMoment, "parameter", parameter);
        sameShape("secondMoment", secondMoment, "parameter", parameter);
        sameShape("value", value, "parameter", parameter);
        parameter.expect("parameter", DType.FLOAT32);
        gradient.expect("gradient", DType.FLOAT32);
        firstMoment.expect("firstMoment", DType.FLOAT32);
        secondMoment.expect("secondMoment", DType.FLOAT32);
        boolean rounds = value.type() == DType.BFLOAT16 || value.type() == DType.FLOAT16;
        if (!rounds && (value.memory() != parameter.memory() || value.offset() != parameter.offset())) {
            throw new IllegalArgumentException(
                    "value is " + value + "; legal: a tensor of a 16-bit type, or the parameter itself");
        }
        return rounds;
    }

    /** FLOAT64 [{@link StepState#SLOTS}]. */
    public static void state(Tensor state) {
        state.expect("state", StepState.SLOTS).expect("state", DType.FLOAT64);
    }
}
