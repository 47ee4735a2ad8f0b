package io.sparktron.model;

import static io.sparktron.model.ModelParameters.FINAL_NORM;
import static io.sparktron.model.ModelParameters.WORD_EMBEDDINGS;

import io.sparktron.kernels.StepState;
import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.VocabParallelCrossEntropy;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.Optional;
import java.util.function.IntConsumer;

/** GPT: embeddings, layers, final norm, and logits by the transposed input embedding. Its loss is that of the next token, LOSS_SUM and LOSS_GRADIENT of the state. */
final class GptModel implements LanguageModel {
    private final Execution on;
    private final InputEmbedding embedding;
    private final TransformerLayers layers;
    private final LayerNorm finalNorm;
    private final ColumnParallelLinear output; // the word embeddings, [v, h]
    private final VocabParallelCrossEntropy crossEntropy;
    private final int lastBucket;

    /** What a forward pass keeps for backward; {@code logits} [n, v]. */
    private record Saved(
            TransformerLayers.Saved layers,
            LayerNorm.Saved finalNorm,
            Tensor logits,
            VocabParallelCrossEntropy.Saved crossEntropy) {}

    GptModel(Build build) {
        this.on = build.on();
        this.embedding = new InputEmbedding(build);
        this.layers = new TransformerLayers(build);
        this.finalNorm = new LayerNorm(build, FINAL_NORM);
        this.output =
                new ColumnParallelLinear(on, build.border(), build.parameter(WORD_EMBEDDINGS), 1, Optional.empty());
        this.crossEntropy = new VocabParallelCrossEntropy(on, embedding.word());
        this.lastBucket = ModelParameters.bucketOfLayer(build.config().layers());
    }

    @Override
    public long firstColumn() {
        return embedding.word().first();
    }

    @Override
    public long columns() {
        return embedding.word().rows();
    }

    @Override
    public Pass forward(Frame frame, MicroBatch batch, StepState state) {
        TransformerLayers.Saved passed = layers.forward(frame, batch, embedding.forward(frame, batch));
        LayerNorm.Saved normed = finalNorm.forward(frame, passed.y());
        Tensor logits = project(frame, normed.y(), batch.rowCount());
        Saved saved = new Saved(passed, normed, logits, loss(frame, batch, logits, state));
        return bucketDone -> backward(frame, batch, saved, state, bucketDone);
    }

    @Override
    public void evaluate(Frame frame, MicroBatch batch, StepState state) {
        long mark = frame.mark();
        Tensor normed = finalNorm.forward(frame, infer(frame, batch)).y();
        loss(frame, batch, project(frame, normed, batch.rowCount()), state);
        frame.release(mark);
    }

    @Override
    public Tensor logits(Frame frame, MicroBatch batch, long firstRow, long rows) {
        Tensor x = infer(frame, batch).rows(firstRow, rows);
        return project(frame, finalNorm.forward(frame, x).y(), rows);
    }

    private VocabParallelCrossEntropy.Saved loss(Frame frame, MicroBatch batch, Tensor logits, StepState state) {
        return crossEntropy.forward(frame, logits, batch.targets(), state.slot(StepState.LOSS_SUM));
    }

    private void backward(Frame frame, MicroBatch batch, Saved saved, StepState state, IntConsumer bucketDone) {
        long mark = frame.mark();
        Tensor y = saved.layers().y();
        Tensor gradient = frame.take(y.type(), y.extent(0), y.extent(1)); // [rows, h]
        projectBackward(frame, batch, saved, state.slot(StepState.LOSS_GRADIENT), gradient);
        bucketDone.accept(lastBucket);
        layers.backward(
                frame,
                batch,
                saved.layers(),
                gradient,
                layer -> bucketDone.accept(ModelParameters.bucketOfLayer(layer)));
        embedding.backward(frame, batch, gradient);
        bucketDone.accept(0);
        frame.release(mark);
    }

    /** The output of the last layer, [rows, h], with nothing kept but it. */
    private Tensor infer(Frame frame, MicroBatch batch) {
        return layers.infer(frame, batch, embedding.forward(frame, batch));
    }

    /** Logits [n, v] of x [rows, h]. */
    private Tensor project(Frame frame, Tensor x, long n) {
        Tensor logits = frame.take(x.type(), n, output.columns());
        output.forward(frame, x, logits);
        return logits;
    }

    /** From the loss to {@code gradient} [rows, h], the gradient of the last layer's output. */
    private void projectBackward(Frame frame, MicroBatch batch, Saved saved, Tensor scale, Tensor gradient) {
        Tensor dLogits = saved.logits(); // [n, v]
        crossEntropy.backward(dLogits, batch.targets(), saved.crossEntropy(), scale);
        long mark = frame.mark();
        Tensor dNormed = frame.take(gradient.type(), gradient.extent(0), gradient.extent(1)); // [rows, h]
        output.backward(frame, dLogits, saved.finalNorm().y(), dNormed);
        on.kernels().elementwise().fill(on.queue(), gradient, 0);
        finalNorm.backward(dNormed, saved.finalNorm(), gradient);
        frame.release(mark);
    }
}
