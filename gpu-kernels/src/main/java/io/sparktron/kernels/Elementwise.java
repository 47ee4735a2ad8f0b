package io.sparktron.kernels;

import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** What stands between two matrix products, each in one pass over its operands. */
public interface Elementwise {
    /**
     * {@code y = x + bias}; {@code y} may be {@code x}.
     *
     * @param x [n, c]
     * @param bias [c]
     * @param y [n, c]
     */
    void bias(Queue queue, Tensor x, Tensor bias, Tensor y);

    /**
     * {@code dBias += column sums of dy}. Rows are cut into a number of chunks that depends on n alone.
     *
     * @param dy [n, c]
     * @param dBias [c], +=
     */
    void biasBackward(Queue queue, Tensor dy, Tensor dBias);

    /**
     * {@code y = gelu(x + bias)} with {@code gelu(u) = u/2 (1 + tanh(sqrt(2/pi) (u + 0.044715 u^3)))} (Hendrycks and Gimpel 2016).
     *
     * @param x [f-rows n, f], kept for backward without the bias
     * @param bias [f]
     * @param y [n, f], not {@code x}
     */
    void biasGelu(Queue queue, Tensor x, Tensor bias, Tensor y);

    /**
     * {@code dx = dy * gelu'(x + bias)}; {@code dx} may be {@code dy}. The gradient of the bias is {@link #biasBackward} of dx.
     *
     * @param dy [n, f]
     * @param x [n, f], as given to {@link #biasGelu}
     * @param bias [f]
     * @param dx [n, f]
     */
    void biasGeluBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx);

    /**
     * {@code y = tanh(x + bias)}, of BERT's pooler.
     *
     * @param x [n, c], kept for backward without the bias
     * @param bias [c]
     * @param y [n, c], not {@code x}
     */
    void biasTanh(Queue queue, Tensor x, Tensor bias, Tensor y);

    /**
     * {@code dx = dy * (1 - tanh(x + bias)^2)}; {@code dx} may be {@code dy}. The gradient of the bias is {@link #biasBackward} of dx.
     *
     * @param dy [n, c]
     * @param x [n, c], as given to {@link #biasTanh}
     * @param bias [c]
     * @param dx [n, c]
     */
    void biasTanhBackward(Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx);

    /**
     * {@code out = residual + dropout(x + bias)}, added in this order; {@code out} may be {@code x} or {@code residual}. The gradient of
     * {@code x + bias} is {@link #dropout} of that of {@code out}.
     *
     * @param x [n, h]
     * @param bias [h]
     * @param residual [n, h]
     * @param rows which rows of the micro-batch these are
     * @param out [n, h]
     */
    void biasDropoutResidual(
            Queue queue, Tensor x, Tensor bias, Tensor residual, Dropout dropout, SampleRows rows, Tensor out);

    /**
     * {@code y = dropout(x)}, which is its own backward; {@code y} may be {@code x}.
     *
     * @param x [n, h]
     * @param rows which rows of the micro-batch these are
     * @param y [n, h]
     */
    void dropout(Queue queue, Tensor x, Dropout dropout, SampleRows rows, Tensor y);

    /** {@code y += x}, any equal shapes. */
    void add(Queue queue, Tensor x, Tensor y);

    /** Every element of a floating-point tensor becomes {@code value}. */
    void fill(Queue queue, Tensor x, double value);

    /** {@code y = x}, equal element counts; types may differ between floating-point types (a cast, to nearest even). */
    void copy(Queue queue, Tensor x, Tensor y);
}
