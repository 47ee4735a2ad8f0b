package io.sparktron.kernels;

import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/**
 * Scaled dot-product attention (Vaswani et al. 2017), {@code softmax(Q K^T / sqrt(d)) V} per sample and head. Position i sees
 * position j if {@code j < length} of its sample and, when causal, {@code j <= i}. A length is from 1 to s. What forward
 * keeps for backward is the backend's choice: the plain form keeps the probabilities, a blocked one only row statistics.
 */
public interface Attention {
    /** Shape of the float32 tensor that forward keeps for backward. */
    Shape savedShape(long b, long a, long s, long d);

    /** Shape of the float32 scratch tensor that backward needs. */
    Shape scratchShape(long b, long a, long s, long d);

    /**
     * @param qkv [b, s, 3, a, d]: query, key and value of every head
     * @param lengths INT32 [b], keys of each sample that are not padding
     * @param saved of {@link #savedShape}
     * @param out [b, s, a, d]
     */
    void forward(Queue queue, boolean causal, Tensor qkv, Tensor lengths, Tensor saved, Tensor out);

    /**
     * @param dOut [b, s, a, d]
     * @param out [b, s, a, d], the result of forward
     * @param scratch of {@link #scratchShape}
     * @param dQkv [b, s, 3, a, d]
     */
    void backward(
            Queue queue,
            boolean causal,
            Tensor dOut,
            Tensor qkv,
            Tensor lengths,
            Tensor saved,
            Tensor out,
            Tensor scratch,
            Tensor dQkv);
}
