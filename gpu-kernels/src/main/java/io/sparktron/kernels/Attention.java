package io.sparktron.kernels;

import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/**
 * Scaled dot-product attention (Vaswani et al. 2017), {@code dropout(softmax(Q K^T / sqrt(d))) V} per sample and head. Position i sees
 * position j if {@code j < length} of its sample and, when causal, {@code j <= i}. A length is from 1 to s. What forward
 * keeps for backward is the backend's choice: the plain form keeps the probabilities before dropout, a blocked one only row statistics. The mask of
 * dropout is never kept: backward draws it again, from the same operands as forward.
 */
public interface Attention {
    /** Shape of the float32 tensor that forward keeps for backward. */
    Shape savedShape(long b, long a, long s, long d);

    /** Shape of the float32 scratch tensor that forward needs. */
    Shape forwardScratchShape(Dropout dropout, long b, long a, long s, long d);

    /** Shape of the float32 scratch tensor that backward needs. */
    Shape backwardScratchShape(Dropout dropout, long b, long a, long s, long d);

    /**
     * @param qkv [b, s, 3, a, d]: query, key and value of every head
     * @param lengths INT32 [b], keys of each sample that are not padding
     * @param dropout of the probabilities
     * @param positions INT64 [b], where each sample stands in the run
     * @param firstHead which of the model's heads is the first one here
     * @param heads of the model, on all ranks
     * @param saved of {@link #savedShape}
     * @param scratch of {@link #forwardScratchShape}
     * @param out [b, s, a, d]
     */
    void forward(
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
            Tensor out);

    /**
     * @param dOut [b, s, a, d]
     * @param out [b, s, a, d], the result of forward
     * @param scratch of {@link #backwardScratchShape}
     * @param dQkv [b, s, 3, a, d]
     */
    void backward(
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
            Tensor dQkv);
}
