package io.sparktron.model;

import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * Layer normalization of the rows that a rank holds: either every rank of a tensor group has all of them, which is cheaper than to communicate (paper, section 3), or they
 * share them.
 */
final class LayerNorm {
    private final Execution on;
    private final Parameter weight; // [h]
    private final Parameter bias; // [h]

    /**
     * @param x [rows, h]
     * @param y [rows, h]
     * @param mean FLOAT32 [rows]
     * @param inverse FLOAT32 [rows], 1 / standard deviation
     */
    record Saved(Tensor x, Tensor y, Tensor mean, Tensor inverse) {}

    LayerNorm(Build build, String name) {
        this.on = build.on();
        this.weight = build.parameter(name + ".weight");
        this.bias = build.parameter(name + ".bias");
    }

    /** Normalizes x [rows, h]. */
    Saved forward(Frame frame, Tensor x) {
        long rows = x.extent(0);
        Tensor y = frame.take(x.type(), rows, x.extent(1));
        Tensor mean = frame.take(DType.FLOAT32, rows);
        Tensor inverse = frame.take(DType.FLOAT32, rows);
        on.kernels()
                .normalization()
                .forward(on.queue(), x, weight.value(), bias.value(), ModelConfig.EPSILON, y, mean, inverse);
        return new Saved(x, y, mean, inverse);
    }

    /**
     * Adds the gradients of weight and bias, those of the rank's rows.
     *
     * @param dy [rows, h]
     * @param dx [rows, h], +=
     */
    void backward(Tensor dy, Saved saved, Tensor dx) {
        on.kernels()
                .normalization()
                .backward(
                        on.queue(),
                        dy,
                        saved.x(),
                        weight.value(),
                        saved.mean(),
                        saved.inverse(),
                        dx,
                        weight.gradient(),
                        bias.gradient());
    }
}
