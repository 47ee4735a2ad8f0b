package io.sparktron.model;

import static io.sparktron.model.ModelParameters.FINAL_NORM;

import io.sparktron.kernels.StepState;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.function.IntConsumer;

/**
 * BERT: embeddings of words, positions and segments, layers whose attention sees the whole sample, final norm, and two heads (paper, section 5.3 and Fig. 7). Its loss is
 * the mean over the masked tokens, LOSS_SUM and LOSS_GRADIENT of the state, plus the mean over the samples of that of their segments' order, ORDER_LOSS_SUM and
 * ORDER_LOSS_GRADIENT.
 */
public final class BertModel implements LanguageModel {
    private final Execution on;
    private final InputEmbedding embedding;
    private final TransformerLayers layers;
    private final LayerNorm finalNorm;
    private final MaskedTokenHead masked;
    private final SegmentOrderHead order;
    private final int lastBucket;

    private record Saved(
            TransformerLayers.Saved layers,
            LayerNorm.Saved finalNorm,
            MaskedTokenHead.Saved masked,
            SegmentOrderHead.Saved order) {}

    BertModel(Build build) {
        this.on = build.on();
        this.embedding = new InputEmbedding(build);
        this.layers = new TransformerLayers(build);
        this.finalNorm = new LayerNorm(build, FINAL_NORM);
        this.masked = new MaskedTokenHead(build, embedding.word());
        this.order = new SegmentOrderHead(build);
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
        Saved saved = new Saved(
                passed,
                normed,
                masked.forward(frame, batch, normed.y(), state),
                order.forward(frame, batch, normed.y(), state));
        return bucketDone -> backward(frame, batch, saved, state, bucketDone);
    }

    @Override
    public void evaluate(Frame frame, MicroBatch batch, StepState state) {
        long mark = frame.mark();
        Tensor y = finalNorm.forward(frame, infer(frame, batch)).y();
        masked.forward(frame, batch, y, state);
        order.forward(frame, batch, y, state);
        frame.release(mark);
    }

    @Override
    public Tensor logits(Frame frame, MicroBatch batch, long firstRow, long rows) {
        Tensor x = infer(frame, batch).rows(firstRow, rows);
        return masked.logits(frame, finalNorm.forward(frame, x).y(), rows);
    }

    /**
     * The scores of both orders of each sample's segments, on the frame, the same on every rank; of a model for inference.
     *
     * @param state whose ORDER_LOSS_SUM and ORDER_CORRECT are added to
     * @return [b, 2]
     */
    public Tensor orderScores(Frame frame, MicroBatch batch, StepState state) {
        Tensor y = finalNorm.forward(frame, infer(frame, batch)).y();
        return order.forward(frame, batch, y, state).scores();
    }

    private void backward(Frame frame, MicroBatch batch, Saved saved, StepState state, IntConsumer bucketDone) {
        long mark = frame.mark();
        Tensor y = saved.layers().y();
        Tensor gradient = frame.take(y.type(), y.extent(0), y.extent(1)); // [rows, h]
        headsBackward(frame, batch, saved, state, gradient);
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

    /** From both losses to {@code gradient} [rows, h], the gradient of the last layer's output. */
    private void headsBackward(Frame frame, MicroBatch batch, Saved saved, StepState state, Tensor gradient) {
        long mark = frame.mark();
        Tensor dNormed = frame.take(gradient.type(), gradient.extent(0), gradient.extent(1)); // [rows, h]
        masked.backward(frame, batch, saved.masked(), state, dNormed);
        order.backward(frame, batch, saved.order(), state, dNormed);
        on.kernels().elementwise().fill(on.queue(), gradient, 0);
        finalNorm.backward(dNormed, saved.finalNorm(), gradient);
        frame.release(mark);
    }

    /** The output of the last layer, [rows, h], with nothing kept but it. */
    private Tensor infer(Frame frame, MicroBatch batch) {
        return layers.infer(frame, batch, embedding.forward(frame, batch));
    }
}
