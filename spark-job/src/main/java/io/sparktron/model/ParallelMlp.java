package io.sparktron.model;

import static io.sparktron.model.ModelParameters.FOUR_H_TO_H;
import static io.sparktron.model.ModelParameters.H_TO_4H;
import static io.sparktron.model.ModelParameters.POST_ATTENTION_NORM;

import io.sparktron.kernels.DropoutSite;
import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * {@code y = x + dropout(GELU(LayerNorm(x) A) B)}, in the original order of BERT {@code LayerNorm(x) + ...}, with A split by columns and B by rows, so that GELU, which is not linear, stays inside a rank (paper, section 3 and
 * Fig. 3a).
 */
final class ParallelMlp {
    private final Execution on;
    private final ResidualNorm norm;
    private final ColumnParallelLinear hTo4h; // A
    private final ResidualProjection fourHToH; // B

    /**
     * @param inner [n, f], before bias and GELU
     * @param activated [n, f], after
     */
    record Saved(LayerNorm.Saved norm, Tensor inner, Tensor activated) {}

    ParallelMlp(Build build, int layer) {
        this.on = build.on();
        this.norm = new ResidualNorm(build, ModelParameters.layer(layer, POST_ATTENTION_NORM));
        this.hTo4h = build.byColumns(ModelParameters.layer(layer, H_TO_4H), 1);
        this.fourHToH =
                new ResidualProjection(build, ModelParameters.layer(layer, FOUR_H_TO_H), DropoutSite.MLP_OUTPUT, layer);
    }

    /**
     * @param x [rows, h]
     * @param y [rows, h]
     */
    Saved forward(Frame frame, MicroBatch batch, Tensor x, Tensor y) {
        Saved saved = activate(frame, batch, x);
        fourHToH.forward(frame, batch, saved.activated(), norm.residual(saved.norm()), y);
        return saved;
    }

    /** Forward without the second product and what follows it: all that backward reads. */
    Saved activate(Frame frame, MicroBatch batch, Tensor x) {
        LayerNorm.Saved normed = norm.forward(frame, x);
        Tensor inner = frame.take(x.type(), batch.rowCount(), hTo4h.columns());
        hTo4h.forward(frame, normed.y(), inner);
        Tensor activated = frame.take(x.type(), batch.rowCount(), hTo4h.columns());
        on.kernels().elementwise().biasGelu(on.queue(), inner, hTo4h.bias(), activated);
        return new Saved(normed, inner, activated);
    }

    /** From the gradient of y to the gradient of x, both {@code gradient} [rows, h]: the residual's part is in it already. */
    void backward(Frame frame, MicroBatch batch, Saved saved, Tensor gradient) {
        long mark = frame.mark();
        Tensor dInner = frame.take(gradient.type(), batch.rowCount(), hTo4h.columns());
        fourHToH.backward(frame, batch, gradient, saved.activated(), dInner);
        on.kernels().elementwise().biasGeluBackward(on.queue(), dInner, saved.inner(), hTo4h.bias(), dInner);
        Tensor dNormed = frame.take(gradient.type(), gradient.extent(0), gradient.extent(1));
        hTo4h.backward(frame, dInner, saved.norm().y(), dNormed);
        norm.backward(dNormed, saved.norm(), gradient);
        frame.release(mark);
    }
}
