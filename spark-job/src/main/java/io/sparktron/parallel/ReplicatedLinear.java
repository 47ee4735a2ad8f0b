package io.sparktron.parallel;

import io.sparktron.tensor.Tensor;

/**
 * {@code Y = X A + bias} with A whole on every rank, too small to be worth a split. A is stored transposed, rows being outputs: [out, in]. The bias is left to the caller,
 * who fuses it with what comes next.
 */
public final class ReplicatedLinear {
    private final Execution on;
    private final Parameter bias;
    private final Tensor weight; // [out, in]
    private final Tensor dWeight; // [out, in]

    public ReplicatedLinear(Execution on, Parameter weight, Parameter bias) {
        this.on = on;
        this.weight = weight.matrix(1);
        this.dWeight = weight.gradientMatrix(1);
        this.bias = bias;
    }

    /** The bias, [out]. */
    public Tensor bias() {
        return bias.vector();
    }

    /** Outputs, out. */
    public long outputs() {
        return weight.extent(0);
    }

    /**
     * @param x [rows, in]
     * @param y [rows, out], without bias
     */
    public void forward(Tensor x, Tensor y) {
        on.kernels().matrix().multiply(on.queue(), false, x, true, weight, 0, y);
    }

    /**
     * Adds the gradients of weight and bias.
     *
     * @param dy [rows, out]
     * @param x [rows, in], as given to forward
     * @param dx [rows, in]
     */
    public void backward(Tensor dy, Tensor x, Tensor dx) {
        on.kernels().matrix().multiply(on.queue(), false, dy, false, weight, 0, dx);
        on.kernels().matrix().multiply(on.queue(), true, dy, false, x, 1, dWeight);
        on.kernels().elementwise().biasBackward(on.queue(), dy, bias.gradientVector());
    }
}
