package io.sparktron.parallel;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Tensor;

/**
 * {@code Y = X A + bias} with A split along its columns: {@code A = [A_1 ... A_t]}, so that rank i computes {@code Y_i = X A_i} and the activation that
 * follows needs no communication (paper, section 3). A is stored transposed, rows being outputs: [out / t, in].
 *
 * <p>The bias is left to the caller, who fuses it with what comes next.
 */
public final class ColumnParallelLinear {
    private final Execution on;
    private final Parameter bias;
    private final Tensor weight; // [out / t, in]
    private final Tensor dWeight; // [out / t, in]

    /**
     * @param outputDimensions leading dimensions of the weight that together are its outputs
     */
    public ColumnParallelLinear(Execution on, Parameter weight, int outputDimensions, Parameter bias) {
        this.on = on;
        this.weight = weight.matrix(outputDimensions);
        this.dWeight = weight.gradientMatrix(outputDimensions);
        this.bias = bias;
    }

    /** The bias, [out / t]. */
    public Tensor bias() {
        return bias.vector();
    }

    /**
     * @param x [n, in], equal on all ranks of the tensor group
     * @param y [n, out / t], without bias
     */
    public void forward(Tensor x, Tensor y) {
        on.kernels().matrix().multiply(on.queue(), false, CopyToTensorRegion.forward(x), true, weight, 0, y);
    }

    /**
     * Adds the gradients of weight and bias. The sum of dx over the group travels while they are computed.
     *
     * @param dy [n, out / t]
     * @param x [n, in], as given to forward
     * @param dx [n, in]
     */
    public void backward(Tensor dy, Tensor x, Tensor dx) {
        on.kernels().matrix().multiply(on.queue(), false, dy, false, weight, 0, dx);
        Completion summed = CopyToTensorRegion.backward(on, dx);
        on.kernels().matrix().multiply(on.queue(), true, dy, false, x, 1, dWeight);
        on.kernels().elementwise().biasBackward(on.queue(), dy, bias.gradientVector());
        summed.before(on.queue());
    }
}
