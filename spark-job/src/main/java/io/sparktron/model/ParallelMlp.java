package io.sparktron.model;

import static io.sparktron.model.GptParameters.FOUR_H_TO_H;
import static io.sparktron.model.GptParameters.H_TO_4H;
import static io.sparktron.model.GptParameters.POST_ATTENTION_NORM;

import io.sparktron.kernels.Dropout;
import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.parallel.RowParallelLinear;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * {@code y = x + GELU(LayerNorm(x) A) B} with A split by columns and B by rows, so that GELU, which is not linear, stays inside a rank (paper, section 3 and Fig. 3a).
 */
final class ParallelMlp {
    private final Execution on;
    private final LayerNorm norm;
    private final ColumnParallelLinear hTo4h; // A
    private final RowParallelLinear fourHToH; // B
    private final long width; // f

    /**
     * @param inner [n, f], before bias and GELU
     * @param activated [n, f], after
     * @param y [n, h]
     */
    record Saved(LayerNorm.Saved norm, Tensor inner, Tensor activated, Tensor y) {}

    ParallelMlp(Execution on, ModelConfig config, ParameterStorage parameters, int layer) {
        this.on = on;
        this.width = config.mlp() / on.mesh().layout().tensor();
        this.norm = new LayerNorm(on, parameters, GptParameters.layer(layer, POST_ATTENTION_NORM));
        String first = GptParameters.layer(layer, H_TO_4H);
        String second = GptParameters.layer(layer, FOUR_H_TO_H);
        this.hTo4h =
                new ColumnParallelLinear(on, parameters.get(first + ".weight"), 1, parameters.get(first + ".bias"));
        this.fourHToH = new RowParallelLinear(on, parameters.get(second + ".weight"), parameters.get(second + ".bias"));
    }

    Saved forward(Frame frame, MicroBatch batch, Tensor x) {
        long n = x.extent(0);
        LayerNorm.Saved normed = norm.forward(frame, x);

        Tensor inner = frame.take(DType.FLOAT32, n, width);
        hTo4h.forward(normed.y(), inner);
        Tensor activated = frame.take(DType.FLOAT32, n, width);
        on.kernels().elementwise().biasGelu(on.queue(), inner, hTo4h.bias(), activated);

        Tensor y = frame.take(DType.FLOAT32, n, x.extent(1));
        fourHToH.forward(activated, y);
        on.kernels()
                .elementwise()
                .biasDropoutResidual(on.queue(), y, fourHToH.bias(), x, Dropout.NONE, batch.rows(), y);
        return new Saved(normed, inner, activated, y);
    }

    /** From the gradient of y to the gradient of x, both {@code gradient} [n, h]: the residual's part is in it already. */
    void backward(Frame frame, Saved saved, Tensor gradient) {
        long mark = frame.mark();
        long n = gradient.extent(0);
        Tensor dInner = frame.take(DType.FLOAT32, n, width);
        fourHToH.backward(gradient, saved.activated(), dInner);
        on.kernels().elementwise().biasGeluBackward(on.queue(), dInner, saved.inner(), hTo4h.bias(), dInner);

        Tensor dNormed = frame.take(DType.FLOAT32, n, gradient.extent(1));
        hTo4h.backward(dInner, saved.norm().y(), dNormed);
        norm.backward(dNormed, saved.norm(), gradient);
        frame.release(mark);
    }
}
