package io.sparktron.model;

import static io.sparktron.model.GptParameters.FINAL_NORM;
import static io.sparktron.model.GptParameters.WORD_EMBEDDINGS;

import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.parallel.VocabParallelCrossEntropy;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * One rank's part of GPT: embeddings, layers, final norm, and logits by the transposed input embedding. Forward takes activations from a frame and backward
 * gives back what it took; gradients of parameters are added to.
 */
public final class GptModel {
    private final Execution on;
    private final InputEmbedding embedding;
    private final TransformerLayers layers;
    private final LayerNorm finalNorm;
    private final ColumnParallelLinear output; // the word embeddings, [v, h]
    private final VocabParallelCrossEntropy crossEntropy;
    private final int lastBucket;

    /** What a forward pass keeps for backward; {@code logits} [n, v]. */
    public record Saved(
            TransformerLayers.Saved layers,
            LayerNorm.Saved finalNorm,
            Tensor logits,
            VocabParallelCrossEntropy.Saved crossEntropy) {}

    /**
     * @param parameters of {@link GptParameters#buckets} for this config, tensor size and device
     */
    public GptModel(Execution on, ModelConfig config, ParameterStorage parameters, Mode mode) {
        Build build = Build.of(on, config, parameters, mode);
        this.on = on;
        this.embedding = new InputEmbedding(build);
        this.layers = new TransformerLayers(build);
        this.finalNorm = new LayerNorm(build, FINAL_NORM);
        this.output =
                new ColumnParallelLinear(on, build.border(), build.parameter(WORD_EMBEDDINGS), 1, Optional.empty());
        this.crossEntropy = new VocabParallelCrossEntropy(on, embedding.word());
        this.lastBucket = GptParameters.bucketOfLayer(config.layers());
    }

    /** Vocabulary index of this rank's first column of logits. */
    public long firstColumn() {
        return embedding.word().first();
    }

    /** Columns of logits on this rank that are not padding. */
    public long columns() {
        return embedding.word().rows();
    }

    /**
     * The loss of a micro-batch, with all that backward needs.
     *
     * @param lossSum FLOAT64 [1], += the sum over the micro-batch's targets
     */
    public Saved forward(Frame frame, MicroBatch batch, Tensor lossSum) {
        TransformerLayers.Saved passed = layers.forward(frame, batch, embedding.forward(frame, batch));
        LayerNorm.Saved normed = finalNorm.forward(frame, passed.y());
        Tensor logits = project(frame, normed.y(), batch.rowCount());
        return new Saved(passed, normed, logits, crossEntropy.forward(frame, logits, batch.targets(), lossSum));
    }

    /**
     * The sum of a micro-batch's losses and nothing else: a layer's activations are released before the next one begins.
     *
     * @param lossSum FLOAT64 [1], +=
     */
    public void evaluate(Frame frame, MicroBatch batch, Tensor lossSum) {
        long mark = frame.mark();
        Tensor normed = finalNorm.forward(frame, infer(frame, batch)).y();
        crossEntropy.forward(frame, project(frame, normed, batch.rowCount()), batch.targets(), lossSum);
        frame.release(mark);
    }

    /**
     * This rank's columns of the logits of some rows, on the frame; of a model for inference.
     *
     * @return [rows, v]; columns from {@link #columns} on are padding
     */
    public Tensor logits(Frame frame, MicroBatch batch, long firstRow, long rows) {
        Tensor x = infer(frame, batch).rows(firstRow, rows);
        return project(frame, finalNorm.forward(frame, x).y(), rows);
    }

    /**
     * Adds the gradient of {@code scale} x the micro-batch's loss sum to the parameters' gradients.
     *
     * @param scale FLOAT64 [1] on the device: loss scale / targets of the global batch
     * @param bucketDone called with each bucket of {@link GptParameters#buckets} once all work on its gradients is enqueued
     */
    public void backward(Frame frame, MicroBatch batch, Saved saved, Tensor scale, IntConsumer bucketDone) {
        long mark = frame.mark();
        Tensor y = saved.layers().y();
        Tensor gradient = frame.take(y.type(), y.extent(0), y.extent(1)); // [rows, h]
        projectBackward(frame, batch, saved, scale, gradient);
        bucketDone.accept(lastBucket);
        layers.backward(
                frame, batch, saved.layers(), gradient, layer -> bucketDone.accept(GptParameters.bucketOfLayer(layer)));
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
