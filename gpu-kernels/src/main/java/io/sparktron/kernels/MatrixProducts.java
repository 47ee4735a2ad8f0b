package io.sparktron.kernels;

import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Dense products. Input and output types may differ (16-bit in, float32 out); accumulation is at least float32. */
public interface MatrixProducts {
    /**
     * {@code c = op(a) op(b) + beta c}, where op transposes if asked.
     *
     * @param a [m, k], or [k, m] if {@code transposeA}
     * @param b [k, n], or [n, k] if {@code transposeB}
     * @param beta 0 overwrites {@code c} whatever it held (NaN too); 1 accumulates
     * @param c [m, n]
     */
    void multiply(Queue queue, boolean transposeA, Tensor a, boolean transposeB, Tensor b, float beta, Tensor c);
}
