package io.sparktron.parallel;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.Optional;

/**
 * {@code Y = X A + bias} with A split along its columns: {@code A = [A_1 ... A_t]}, so that rank i computes {@code Y_i = X A_i} and the activation that
 * follows needs no communication (paper, section 3). A is stored transposed, rows being outputs: [out / t, in].
 *
 * <p>Where the ranks share the rows of X, only a rank's own are kept for backward and the others come once more, while the gradient of X is computed (Korthikanti et al.
 * 2022, section 4.2.2).
 *
 * <p>The bias is left to the caller, who fuses it with what comes next.
 */
public final class ColumnParallelLinear {
    private final Execution on;
    private final RegionBorder border;
    private final Optional<Parameter> bias;
    private final Tensor weight; // [out / t, in]
    private final Tensor dWeight; // [out / t, in]

    /**
     * @param outputDimensions leading dimensions of the weight that together are its outputs
     */
    public ColumnParallelLinear(
            Execution on, RegionBorder border, Parameter weight, int outputDimensions, Optional<Parameter> bias) {
        this.on = on;
        this.border = border;
        this.weight = weight.matrix(outputDimensions);
        this.dWeight = weight.gradientMatrix(outputDimensions);
        this.bias = bias;
    }

    /** The bias, [out / t]; fails where there is none. */
    public Tensor bias() {
        return bias.orElseThrow().vector();
    }

    /** Columns of the result on this rank, out / t. */
    public long columns() {
        return weight.extent(0);
    }

    /**
     * @param x [rows, in], of the rows that the rank holds
     * @param y [n, out / t], without bias
     */
    public void forward(Frame frame, Tensor x, Tensor y) {
        long mark = frame.mark();
        Tensor whole = border.enter(frame, x).on(on.queue()); // [n, in]
        on.kernels().matrix().multiply(on.queue(), false, whole, true, weight, 0, y);
        frame.release(mark);
    }

    /**
     * Adds the gradients of weight and bias. The sum of dx over the group travels while they are computed.
     *
     * @param dy [n, out / t]
     * @param x [rows, in], as given to forward
     * @param dx [rows, in]
     */
    public void backward(Frame frame, Tensor dy, Tensor x, Tensor dx) {
        long mark = frame.mark();
        RegionBorder.Arrival again = border.enter(frame, x);
        Tensor part = border.part(frame, dx); // [n, in]
        on.kernels().matrix().multiply(on.queue(), false, dy, false, weight, 0, part);
        Completion summed = border.enterBackward(part, dx);
        Tensor whole = again.on(on.queue()); // [n, in]
        on.kernels().matrix().multiply(on.queue(), true, dy, false, whole, 1, dWeight);
        bias.ifPresent(
                parameter -> on.kernels().elementwise().biasBackward(on.queue(), dy, parameter.gradientVector()));
        summed.before(on.queue());
        frame.release(mark);
    }
}
