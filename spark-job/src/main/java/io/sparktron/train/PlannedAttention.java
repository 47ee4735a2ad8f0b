package io.sparktron.train;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.Set;

/**
 * What {@link io.sparktron.kernels.cuda.CudaAttention} needs, without a GPU but as on one with tensor cores for the type and CUDA's headers beside it; a test holds the two against each
 * other.
 */
record PlannedAttention(DType type) implements Attention {
    private static final Set<Long> BLOCKED = Set.of(64L, 96L, 128L); // head sizes

    private static final int LINE = 64; // bytes to which parts of the scratch are rounded up

    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return blocked(d) ? Shape.of(b, a, s) : Shape.of(b, a, s, s);
    }

    @Override
    public Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        if (blocked(d)) {
            return Shape.of(0);
        }
        boolean keepsWeights = type == DType.FLOAT32 && !dropout.active();
        return Shape.of(floats(b * s * a * d, type) + (keepsWeights ? 0 : floats(b * a * s * s, type)));
    }

    @Override
    public Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        if (blocked(d)) {
            return Shape.of(b, a, s);
        }
        long scores = b * a * s * s;
        return Shape.of(floats(b * s * a * d, type) + floats(scores, DType.FLOAT32) + 2 * floats(scores, type));
    }

    private boolean blocked(long d) {
        return type != DType.FLOAT32 && BLOCKED.contains(d);
    }

    private static long floats(long elements, DType type) {
        return (elements * type.bytes() + LINE - 1) / LINE * LINE / Float.BYTES;
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
        throw new UnsupportedOperationException("a plan computes nothing");
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
        throw new UnsupportedOperationException("a plan computes nothing");
    }
}
