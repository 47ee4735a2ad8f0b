package io.sparktron.model;

import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * The layer norm in front of a half of a layer, which knows where the half's residual is taken: before the norm (paper, Fig. 7b; GPT-2), or after it, which is the
 * original order of BERT (Fig. 7a) with its norms counted from the other end.
 */
final class ResidualNorm {
    private final Execution on;
    private final LayerNorm norm;
    private final boolean after;

    ResidualNorm(Build build, String name) {
        this.on = build.on();
        this.norm = new LayerNorm(build, name);
        this.after = build.config().layerOrder() == ModelConfig.LayerOrder.POST;
    }

    /** Normalizes x [rows, h]. */
    LayerNorm.Saved forward(Frame frame, Tensor x) {
        return norm.forward(frame, x);
    }

    /** What the half's result is added to, [rows, h]. */
    Tensor residual(LayerNorm.Saved saved) {
        return after ? saved.y() : saved.x();
    }

    /**
     * From the gradient of the sum to that of x.
     *
     * @param dNormed [rows, h], the gradient of the norm's result by way of the half; may be overwritten
     * @param gradient [rows, h], the gradient of the sum, and then of x
     */
    void backward(Tensor dNormed, LayerNorm.Saved saved, Tensor gradient) {
        if (after) {
            on.kernels().elementwise().add(on.queue(), gradient, dNormed);
            on.kernels().elementwise().fill(on.queue(), gradient, 0);
        }
        norm.backward(dNormed, saved, gradient);
    }
}
