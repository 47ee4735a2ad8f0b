package io.sparktron.parallel;

import io.sparktron.tensor.Tensor;

/**
 * {@code Y = X A + bias} with A split along its rows and X along its columns: {@code Y = X_1 A_1 + ... + X_t A_t}, one all-reduce forward and none backward
 * (paper, section 3). A is stored transposed, rows being outputs: [out, in / t]. The bias is whole on every rank and, like the residual that
 * follows, added once, after the sum.
 */
public final class RowParallelLinear {
    private final Execution on;
    private final Parameter bias;
    private final Tensor weight; // [out, in / t]
    private final Tensor dWeight; // [out, in / t]

    public RowParallelLinear(Execution on, Parameter weight, Parameter bias) {
        this.on = on;
        this.weight = weight.matrix(1);
        this.dWeight = weight.gradientMatrix(1);
        this.bias = bias;
    }

    /** The bias, [out]. */
    public Tensor bias() {
        return bias.vector();
    }

    /**
     * @param x [n, in / t]
     * @param y [n, out], without bias, equal on all ranks of the tensor group
     */
    public void forward(Tensor x, Tensor y) {
        on.kernels().matrix().multiply(on.queue(), false, x, true, weight, 0, y);
        ReduceFromTensorRegion.forward(on, y);
    }

    /**
     * Adds the gradients of weight and bias.
     *
     * @param dy [n, out], equal on all ranks of the tensor group
     * @param x [n, in / t], as given to forward
     * @param dx [n, in / t]
     */
    public void backward(Tensor dy, Tensor x, Tensor dx) {
        Tensor dPart = ReduceFromTensorRegion.backward(dy);
        on.kernels().matrix().multiply(on.queue(), false, dPart, false, weight, 0, dx);
        on.kernels().matrix().multiply(on.queue(), true, dPart, false, x, 1, dWeight);
        on.kernels().elementwise().biasBackward(on.queue(), dy, bias.gradientVector());
    }
}
