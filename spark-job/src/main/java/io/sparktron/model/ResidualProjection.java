package io.sparktron.model;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.RowParallelLinear;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/** {@code y = x + dropout(Z B + bias)}: how each half of a layer comes back to the residual, B being split by rows. */
final class ResidualProjection {
    private final Execution on;
    private final Build build;
    private final RowParallelLinear projection; // B
    private final Dropout dropout;

    ResidualProjection(Build build, String name, DropoutSite site, int layer) {
        this.on = build.on();
        this.build = build;
        this.projection = build.byRows(name);
        this.dropout = build.dropout(site, layer);
    }

    /**
     * @param z [n, in / t]
     * @param x [rows, h]
     * @param y [rows, h]
     */
    void forward(Frame frame, MicroBatch batch, Tensor z, Tensor x, Tensor y) {
        projection.forward(frame, z, y);
        on.kernels()
                .elementwise()
                .biasDropoutResidual(on.queue(), y, projection.bias(), x, dropout, build.rows(batch), y);
    }

    /**
     * From the gradient of y to that of z; of x it is the same.
     *
     * @param dy [rows, h]
     * @param z [n, in / t], as given to forward
     * @param dz [n, in / t]
     */
    void backward(Frame frame, MicroBatch batch, Tensor dy, Tensor z, Tensor dz) {
        long mark = frame.mark();
        projection.backward(frame, ofBranch(frame, batch, dy), z, dz);
        frame.release(mark);
    }

    /** The gradient of the branch, [rows, h]: that of y, or a tensor of its own where something is dropped, since x needs that of y as it is. */
    private Tensor ofBranch(Frame frame, MicroBatch batch, Tensor dy) {
        if (!dropout.active()) {
            return dy;
        }
        Tensor branch = frame.take(dy.type(), dy.extent(0), dy.extent(1));
        on.kernels().elementwise().dropout(on.queue(), dy, dropout, build.rows(batch), branch);
        return branch;
    }
}
