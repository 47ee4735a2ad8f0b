package io.sparktron.train;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.cuda.AttentionShapes;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/** What attention needs on the GPU that is planned for; a test holds it against what a trainer has on one. */
record PlannedAttention(AttentionShapes shapes) implements Attention {
    @Override
    public Shape savedShape(long b, long a, long s, long d) {
        return shapes.saved(b, a, s, d);
    }

    @Override
    public Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return shapes.forwardScratch(dropout, b, a, s, d);
    }

    @Override
    public Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d) {
        return shapes.backwardScratch(b, a, s, d);
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
