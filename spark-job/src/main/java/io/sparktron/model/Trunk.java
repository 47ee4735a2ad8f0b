package io.sparktron.model;

import static io.sparktron.model.ModelParameters.FINAL_NORM;

import io.sparktron.parallel.Execution;
import io.sparktron.parallel.VocabParallelEmbedding;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** What models of every family have below their heads: embeddings, layers, and the final norm. */
final class Trunk {
    private final Execution on;
    private final InputEmbedding embedding;
    private final TransformerLayers layers;
    private final LayerNorm finalNorm;
    private final int lastBucket;

    /** What a forward pass keeps for backward. */
    record Saved(TransformerLayers.Saved layers, LayerNorm.Saved norm) {
        /** What the heads see, [rows, h]. */
        Tensor y() {
            return norm.y();
        }
    }

    Trunk(Build build) {
        this.on = build.on();
        this.embedding = new InputEmbedding(build);
        this.layers = new TransformerLayers(build);
        this.finalNorm = new LayerNorm(build, FINAL_NORM);
        this.lastBucket = ModelParameters.bucketOfLayer(build.config().layers());
    }

    /** The word embeddings, with which heads find words. */
    VocabParallelEmbedding word() {
        return embedding.word();
    }

    /** On the frame. */
    Saved forward(Frame frame, MicroBatch batch) {
        TransformerLayers.Saved passed = layers.forward(frame, batch, embedding.forward(frame, batch));
        return new Saved(passed, finalNorm.forward(frame, passed.y()));
    }

    /** What the heads see of all rows, [rows, h], with little else kept on the frame. */
    Tensor infer(Frame frame, MicroBatch batch) {
        return finalNorm.forward(frame, last(frame, batch)).y();
    }

    /** What the heads see of some rows, [rows, h]. */
    Tensor infer(Frame frame, MicroBatch batch, long firstRow, long rows) {
        return finalNorm.forward(frame, last(frame, batch).rows(firstRow, rows)).y();
    }

    /** The output of the last layer, [rows, h]. */
    private Tensor last(Frame frame, MicroBatch batch) {
        return layers.infer(frame, batch, embedding.forward(frame, batch));
    }

    /**
     * Adds the gradients of all parameters.
     *
     * @param heads writes the gradient of what the heads saw into the tensor that it is given, [rows, h]
     * @param bucketDone called with each bucket once all work on its gradients is enqueued
     */
    void backward(Frame frame, MicroBatch batch, Saved saved, Consumer<Tensor> heads, IntConsumer bucketDone) {
        long mark = frame.mark();
        Tensor y = saved.layers().y();
        Tensor gradient = frame.take(y.type(), y.extent(0), y.extent(1)); // [rows, h]
        long ofHeads = frame.mark();
        Tensor dNormed = frame.take(y.type(), y.extent(0), y.extent(1)); // [rows, h]
        heads.accept(dNormed);
        on.kernels().elementwise().fill(on.queue(), gradient, 0);
        finalNorm.backward(dNormed, saved.norm(), gradient);
        frame.release(ofHeads);
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
}
