package io.sparktron.model;

import static io.sparktron.model.ModelParameters.MASKED_HEAD;
import static io.sparktron.model.ModelParameters.MASKED_HEAD_BIAS;
import static io.sparktron.model.ModelParameters.MASKED_HEAD_NORM;
import static io.sparktron.model.ModelParameters.WORD_EMBEDDINGS;

import io.sparktron.kernels.StepState;
import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ReplicatedLinear;
import io.sparktron.parallel.VocabParallelCrossEntropy;
import io.sparktron.parallel.VocabParallelEmbedding;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.Optional;

/**
 * The masked language model (Devlin et al. 2019): {@code logits = LayerNorm(GELU(x A + a)) W^T + c} with the word embeddings W and a bias c of the vocabulary, both
 * split over the tensor group. What comes before W is computed for a rank's own rows.
 */
final class MaskedTokenHead {
    private final Execution on;
    private final ReplicatedLinear dense; // A
    private final LayerNorm norm;
    private final ColumnParallelLinear output; // W, [v, h]
    private final VocabParallelCrossEntropy crossEntropy;

    /**
     * What a forward pass keeps for backward.
     *
     * @param x [rows, h]
     * @param inner [rows, h], before bias and GELU
     * @param logits [n, v]
     */
    record Saved(
            Tensor x,
            Tensor inner,
            LayerNorm.Saved norm,
            Tensor logits,
            VocabParallelCrossEntropy.Saved crossEntropy) {}

    MaskedTokenHead(Build build, VocabParallelEmbedding word) {
        this.on = build.on();
        this.dense = build.whole(MASKED_HEAD);
        this.norm = new LayerNorm(build, MASKED_HEAD_NORM);
        this.output = new ColumnParallelLinear(
                on,
                build.border(),
                build.parameter(WORD_EMBEDDINGS),
                1,
                Optional.of(build.parameter(MASKED_HEAD_BIAS)));
        this.crossEntropy = new VocabParallelCrossEntropy(on, word);
    }

    /** The loss of x [rows, h], added to LOSS_SUM, and how many tokens are predicted right, to CORRECT. */
    Saved forward(Frame frame, MicroBatch batch, Tensor x, StepState state) {
        Tensor inner = frame.take(x.type(), x.extent(0), dense.outputs());
        LayerNorm.Saved normed = transform(frame, x, inner);
        Tensor logits = project(frame, normed.y(), batch.rowCount());
        VocabParallelCrossEntropy.Saved loss =
                crossEntropy.forward(frame, logits, batch.targets(), state.slot(StepState.LOSS_SUM));
        on.kernels().crossEntropy().correct(on.queue(), loss.sums(), batch.targets(), state.slot(StepState.CORRECT));
        return new Saved(x, inner, normed, logits, loss);
    }

    /**
     * @param x [rows, h], of {@code n} rows in all
     * @return [n, v]
     */
    Tensor logits(Frame frame, Tensor x, long n) {
        Tensor inner = frame.take(x.type(), x.extent(0), dense.outputs());
        return project(frame, transform(frame, x, inner).y(), n);
    }

    /**
     * @param dx [rows, h], overwritten with the gradient of x
     */
    void backward(Frame frame, MicroBatch batch, Saved saved, StepState state, Tensor dx) {
        Tensor dLogits = saved.logits(); // [n, v]
        crossEntropy.backward(dLogits, batch.targets(), saved.crossEntropy(), state.slot(StepState.LOSS_GRADIENT));
        long mark = frame.mark();
        Tensor dNormed = frame.take(dx.type(), dx.extent(0), dense.outputs()); // [rows, h]
        output.backward(frame, dLogits, saved.norm().y(), dNormed);
        Tensor dInner = frame.take(dx.type(), dx.extent(0), dense.outputs()); // [rows, h]
        on.kernels().elementwise().fill(on.queue(), dInner, 0);
        norm.backward(dNormed, saved.norm(), dInner);
        on.kernels().elementwise().biasGeluBackward(on.queue(), dInner, saved.inner(), dense.bias(), dInner);
        dense.backward(dInner, saved.x(), dx);
        frame.release(mark);
    }

    private LayerNorm.Saved transform(Frame frame, Tensor x, Tensor inner) {
        dense.forward(x, inner);
        Tensor activated = frame.take(x.type(), x.extent(0), dense.outputs());
        on.kernels().elementwise().biasGelu(on.queue(), inner, dense.bias(), activated);
        return norm.forward(frame, activated);
    }

    private Tensor project(Frame frame, Tensor normed, long n) {
        Tensor logits = frame.take(normed.type(), n, output.columns());
        output.forward(frame, normed, logits);
        on.kernels().elementwise().bias(on.queue(), logits, output.bias(), logits);
        return logits;
    }
}
