package io.sparktron.parallel;

import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * {@code Y = X A + bias} with A split along its rows and X along its columns: {@code Y = X_1 A_1 + ... + X_t A_t}, one sum over the ranks forward (paper, section 3). A is
 * stored transposed, rows being outputs: [out, in / t]. The bias is whole on every rank and, like the residual that follows, added once, after the sum.
 */
public final class RowParallelLinear {
    private final Execution on;
    private final RegionBorder border;
    private final Parameter bias;
    private final Tensor weight; // [out, in / t]
    private final Tensor dWeight; // [out, in / t]

    public RowParallelLinear(Execution on, RegionBorder border, Parameter weight, Parameter bias) {
        this.on = on;
        this.border = border;
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
     * @param y [rows, out], of the rows that the rank holds, without bias
     */
    public void forward(Frame frame, Tensor x, Tensor y) {
        long mark = frame.mark();
        Tensor part = border.part(frame, y); // [n, out]
        on.kernels().matrix().multiply(on.queue(), false, x, true, weight, 0, part);
        border.leave(part, y).before(on.queue());
        frame.release(mark);
    }

    /**
     * Adds the gradients of weight and bias, of the bias that of the rank's rows.
     *
     * @param dy [rows, out], of the rows that the rank holds
     * @param x [n, in / t], as given to forward
     * @param dx [n, in / t]
     */
    public void backward(Frame frame, Tensor dy, Tensor x, Tensor dx) {
        long mark = frame.mark();
        RegionBorder.Arrival arriving = border.leaveBackward(frame, dy);
        on.kernels().elementwise().biasBackward(on.queue(), dy, bias.gradientVector());
        Tensor whole = arriving.on(on.queue()); // [n, out]
        on.kernels().matrix().multiply(on.queue(), false, whole, false, weight, 0, dx);
        on.kernels().matrix().multiply(on.queue(), true, whole, false, x, 1, dWeight);
        frame.release(mark);
    }
}
