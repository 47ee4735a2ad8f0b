package io.sparktron.model;

import io.sparktron.kernels.StepState;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * BERT: embeddings of words, positions and segments, layers whose attention sees the whole sample, final norm, and two heads (paper, section 5.3 and Fig. 7). Its loss is
 * the mean over the masked tokens, LOSS_SUM and LOSS_GRADIENT of the state, plus the mean over the samples of that of their segments' order, ORDER_LOSS_SUM and
 * ORDER_LOSS_GRADIENT.
 */
public final class BertModel implements LanguageModel {
    private final Trunk trunk;
    private final MaskedTokenHead masked;
    private final SegmentOrderHead order;

    BertModel(Build build) {
        this.trunk = new Trunk(build);
        this.masked = new MaskedTokenHead(build, trunk.word());
        this.order = new SegmentOrderHead(build);
    }

    @Override
    public long firstColumn() {
        return trunk.word().first();
    }

    @Override
    public long columns() {
        return trunk.word().rows();
    }

    @Override
    public Pass forward(Frame frame, MicroBatch batch, StepState state) {
        Trunk.Saved passed = trunk.forward(frame, batch);
        MaskedTokenHead.Saved tokens = masked.forward(frame, batch, passed.y(), state);
        SegmentOrderHead.Saved segments = order.forward(frame, batch, passed.y(), state);
        return bucketDone -> trunk.backward(
                frame,
                batch,
                passed,
                dNormed -> {
                    masked.backward(frame, batch, tokens, state, dNormed);
                    order.backward(frame, batch, segments, state, dNormed);
                },
                bucketDone);
    }

    @Override
    public void evaluate(Frame frame, MicroBatch batch, StepState state) {
        long mark = frame.mark();
        Tensor y = trunk.infer(frame, batch);
        masked.forward(frame, batch, y, state);
        order.forward(frame, batch, y, state);
        frame.release(mark);
    }

    @Override
    public Tensor logits(Frame frame, MicroBatch batch, long firstRow, long rows) {
        return masked.logits(frame, trunk.infer(frame, batch, firstRow, rows), rows);
    }

    /**
     * The scores of both orders of each sample's segments, on the frame, the same on every rank; of a model for inference.
     *
     * @param state whose ORDER_LOSS_SUM and ORDER_CORRECT are added to
     * @return [b, 2]
     */
    public Tensor orderScores(Frame frame, MicroBatch batch, StepState state) {
        return order.forward(frame, batch, trunk.infer(frame, batch), state).scores();
    }
}
