package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Dropout;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Shape;

/**
 * Shapes of what {@link CudaAttention} keeps and works in, without a GPU: as on one with tensor cores for the type and CUDA's headers beside it.
 *
 * @param type of qkv, out and their gradients
 */
public record AttentionShapes(DType type) {
    /** Of {@code b} samples of {@code s} positions, in {@code a} heads of size {@code d}. */
    public Shape saved(long b, long a, long s, long d) {
        return blocked(d) ? FlashAttention.saved(b, a, s) : PlainAttention.saved(b, a, s);
    }

    /** Scratch of forward. */
    public Shape forwardScratch(Dropout dropout, long b, long a, long s, long d) {
        return blocked(d) ? FlashAttention.forwardScratch() : PlainAttention.forwardScratch(type, dropout, b, a, s, d);
    }

    /** Scratch of backward. */
    public Shape backwardScratch(long b, long a, long s, long d) {
        return blocked(d) ? FlashAttention.backwardScratch(b, a, s) : PlainAttention.backwardScratch(type, b, a, s, d);
    }

    private boolean blocked(long d) {
        return type != DType.FLOAT32 && FlashAttention.takes(d);
    }
}
