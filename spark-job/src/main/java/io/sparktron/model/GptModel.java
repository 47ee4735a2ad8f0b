package io.sparktron.model;

import static io.sparktron.model.GptParameters.FINAL_NORM;
import static io.sparktron.model.GptParameters.POSITION_EMBEDDINGS;
import static io.sparktron.model.GptParameters.WORD_EMBEDDINGS;

import io.sparktron.parallel.CopyToTensorRegion;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.parallel.VocabParallelCrossEntropy;
import io.sparktron.parallel.VocabParallelEmbedding;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * One rank's part of GPT: embeddings, layers, final norm, and logits by the transposed input embedding. Forward takes activations from a frame and backward
 * gives back what it took; gradients of parameters are added to.
 */
public final class GptModel {
    private final Execution on;
    private final VocabParallelEmbedding word;
    private final Parameter position; // [p, h]
    private final List<TransformerLayer> layers = new ArrayList<>();
    private final LayerNorm finalNorm;
    private final VocabParallelCrossEntropy crossEntropy;
    private final long hidden; // h

    /** What a forward pass keeps for backward; {@code logits} [n, v]. */
    public record Saved(
            List<TransformerLayer.Saved> layers,
            LayerNorm.Saved finalNorm,
            Tensor logits,
            VocabParallelCrossEntropy.Saved crossEntropy) {}

    /**
     * @param parameters of {@link GptParameters#buckets} for this config, tensor size and device
     */
    public GptModel(Execution on, ModelConfig config, ParameterStorage parameters) {
        this.on = on;
        this.hidden = config.hidden();
        this.word = new VocabParallelEmbedding(on, parameters.get(WORD_EMBEDDINGS));
        this.position = parameters.get(POSITION_EMBEDDINGS);
        for (int layer = 0; layer < config.layers(); layer++) {
            layers.add(new TransformerLayer(on, config, parameters, layer));
        }
        this.finalNorm = new LayerNorm(on, parameters, FINAL_NORM);
        this.crossEntropy = new VocabParallelCrossEntropy(on, word);
    }

    /** Vocabulary index of this rank's first column of logits. */
    public long firstColumn() {
        return word.first();
    }

    /** Columns of logits on this rank that are not padding. */
    public long columns() {
        return word.rows();
    }

    /**
     * The loss of a micro-batch, with all that backward needs.
     *
     * @param lossSum FLOAT64 [1], += the sum over the micro-batch's targets
     */
    public Saved forward(Frame frame, MicroBatch batch, Tensor lossSum) {
        List<TransformerLayer.Saved> saved = new ArrayList<>();
        Tensor x = embed(frame, batch); // [n, h]
        for (TransformerLayer layer : layers) {
            TransformerLayer.Saved kept = layer.forward(frame, batch, x);
            saved.add(kept);
            x = kept.y();
        }
        LayerNorm.Saved normed = finalNorm.forward(frame, x);
        Tensor logits = project(frame, normed.y());
        return new Saved(saved, normed, logits, crossEntropy.forward(frame, logits, batch.targets(), lossSum));
    }

    /**
     * The sum of a micro-batch's losses and nothing else: a layer's activations are released before the next one begins.
     *
     * @param lossSum FLOAT64 [1], +=
     */
    public void evaluate(Frame frame, MicroBatch batch, Tensor lossSum) {
        long mark = frame.mark();
        Tensor logits =
                project(frame, finalNorm.forward(frame, inference(frame, batch)).y());
        crossEntropy.forward(frame, logits, batch.targets(), lossSum);
        frame.release(mark);
    }

    /**
     * This rank's columns of the logits of some rows, on the frame.
     *
     * @return [rows, v]; columns from {@link #columns} on are padding
     */
    public Tensor logits(Frame frame, MicroBatch batch, long firstRow, long rows) {
        Tensor x = inference(frame, batch).rows(firstRow, rows);
        return project(frame, finalNorm.forward(frame, x).y());
    }

    /**
     * Adds the gradient of {@code scale} x the micro-batch's loss sum to the parameters' gradients.
     *
     * @param scale FLOAT64 [1] on the device: loss scale / targets of the global batch
     * @param bucketDone called with each bucket of {@link GptParameters#buckets} once all work on its gradients is enqueued
     */
    public void backward(Frame frame, MicroBatch batch, Saved saved, Tensor scale, IntConsumer bucketDone) {
        long mark = frame.mark();
        Tensor gradient = frame.take(DType.FLOAT32, batch.tokens().elements(), hidden); // [n, h]
        projectBackward(frame, batch, saved, scale, gradient);
        bucketDone.accept(GptParameters.bucketOfLayer(layers.size()));

        for (int layer = layers.size() - 1; layer >= 0; layer--) {
            layers.get(layer).backward(frame, batch, saved.layers().get(layer), gradient);
            bucketDone.accept(GptParameters.bucketOfLayer(layer));
        }

        word.backward(batch.tokens(), gradient);
        on.kernels().embedding().positionsBackward(on.queue(), gradient, batch.rows(), position.gradient());
        bucketDone.accept(0);
        frame.release(mark);
    }

    /** [n, h]. */
    private Tensor embed(Frame frame, MicroBatch batch) {
        Tensor x = frame.take(DType.FLOAT32, batch.tokens().elements(), hidden);
        word.forward(batch.tokens(), x);
        on.kernels().embedding().addPositions(on.queue(), position.value(), batch.rows(), x);
        return x;
    }

    /** The output of the last layer, [n, h], with nothing kept but it. */
    private Tensor inference(Frame frame, MicroBatch batch) {
        Tensor x = embed(frame, batch);
        for (TransformerLayer layer : layers) {
            long mark = frame.mark();
            on.kernels()
                    .elementwise()
                    .copy(on.queue(), layer.forward(frame, batch, x).y(), x);
            frame.release(mark);
        }
        return x;
    }

    /** Logits [n, v] of x [n, h]. */
    private Tensor project(Frame frame, Tensor x) {
        Tensor logits = frame.take(DType.FLOAT32, x.extent(0), word.weight().extent(0));
        on.kernels()
                .matrix()
                .multiply(on.queue(), false, CopyToTensorRegion.forward(x), true, word.weight(), 0, logits);
        return logits;
    }

    /** From the loss to {@code gradient} [n, h], the gradient of the last layer's output. */
    private void projectBackward(Frame frame, MicroBatch batch, Saved saved, Tensor scale, Tensor gradient) {
        Tensor dLogits = saved.logits(); // [n, v]
        crossEntropy.backward(dLogits, batch.targets(), saved.crossEntropy(), scale);

        long mark = frame.mark();
        Tensor dNormed = frame.take(DType.FLOAT32, gradient.extent(0), hidden); // [n, h]
        on.kernels().matrix().multiply(on.queue(), false, dLogits, false, word.weight(), 0, dNormed);
        Completion summed = CopyToTensorRegion.backward(on, dNormed);
        on.kernels()
                .matrix()
                .multiply(on.queue(), true, dLogits, false, saved.finalNorm().y(), 1, word.dWeight());
        summed.before(on.queue());

        on.kernels().elementwise().fill(on.queue(), gradient, 0);
        finalNorm.backward(dNormed, saved.finalNorm(), gradient);
        frame.release(mark);
    }
}
