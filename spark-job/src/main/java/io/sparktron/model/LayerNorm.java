package io.sparktron.model;

import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/** Layer normalization, computed whole by every rank of a tensor group: cheaper than to communicate (paper, section 3). */
final class LayerNorm {
    private final Execution on;
    private final Parameter weight; // [h]
    private final Parameter bias; // [h]

    /**
     * @param y [n, h]
     * @param mean [n]
     * @param inverse [n], 1 / standard deviation
     */
    record Saved(Tensor x, Tensor y, Tensor mean, Tensor inverse) {}

    LayerNorm(Execution on, ParameterStorage parameters, String name) {
        this.on = on;
        this.weight = parameters.get(name + ".weight");
        this.bias = parameters.get(name + ".bias");
    }

    /** Normalizes x [n, h]. */
    Saved forward(Frame frame, Tensor x) {
        long n = x.extent(0);
        Tensor y = frame.take(DType.FLOAT32, n, x.extent(1));
        Tensor mean = frame.take(DType.FLOAT32, n);
        Tensor inverse = frame.take(DType.FLOAT32, n);
        on.kernels()
                .normalization()
                .forward(on.queue(), x, weight.value(), bias.value(), ModelConfig.EPSILON, y, mean, inverse);
        return new Saved(x, y, mean, inverse);
    }

    /**
     * Adds the gradients of weight and bias.
     *
     * @param dy [n, h]
     * @param dx [n, h], +=
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
