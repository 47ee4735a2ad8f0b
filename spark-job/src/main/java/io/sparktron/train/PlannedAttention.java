package io.sparktron.train;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.Set;

/** What attention on a GPU needs, without one: blocked on tensor cores for 16-bit types and the head sizes that it is written for, else plain. */
record PlannedAttention(DType type) implements Attention {
    private static final Set<Long> BLOCKED = Set.of(64L, 96L, 128L);

    private boolean blocked(long d) {
        return type != DType.FLOAT32 && BLOCKED.contains(d);
    }

    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return blocked(d) ? Shape.of(b, a, s) : Shape.of(b, a, s, s);
    }

    @Override
    public Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return blocked(d) ? Shape.of(1) : Shape.of(b, a, s, s);
    }

    @Override
    public Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return blocked(d) ? Shape.of(b, a, s) : Shape.of(b, a, s, s);
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
