package io.sparktron.kernels;

import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Layer normalization over the last dimension (Ba et al. 2016), variance without Bessel's correction. */
public interface Normalization {
    /**
     * {@code y = (x - mean) * inverse * weight + bias} with {@code inverse = 1 / sqrt(variance + epsilon)}.
     *
     * @param x [n, h]
     * @param weight [h]
     * @param bias [h]
     * @param y [n, h]
     * @param mean [n], kept for backward
     * @param inverse [n], kept for backward
     */
    void forward(
            Queue queue, Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor inverse);

    /**
     * @param dy [n, h]
     * @param x [n, h], the input of forward
     * @param dx [n, h], <b>+=</b>: in a pre-LN transformer it holds the gradient of the residual branch already
     * @param dWeight [h], +=
     * @param dBias [h], +=
     */
    void backward(
            Queue queue,
            Tensor dy,
            Tensor x,
            Tensor weight,
            Tensor mean,
            Tensor inverse,
            Tensor dx,
            Tensor dWeight,
            Tensor dBias);
}
