package io.sparktron.model;

import static io.sparktron.model.ModelParameters.ORDER_HEAD;
import static io.sparktron.model.ModelParameters.POOLER;

import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.StepState;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ReplicatedLinear;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * Sentence-order prediction (Lan et al. 2020), which the paper takes in place of the next sentence: {@code scores = tanh(x_0 P + p) C + c} of the first token of each
 * sample, two classes. Every rank of a tensor group computes all of it: b rows are too few to share.
 */
final class SegmentOrderHead {
    private final Execution on;
    private final FirstTokens first;
    private final ReplicatedLinear pooler; // P
    private final ReplicatedLinear classes; // C

    /**
     * What a forward pass keeps for backward.
     *
     * @param firsts [b, h]
     * @param inner [b, h], before bias and tanh
     * @param pooled [b, h]
     * @param scores [b, 2]
     * @param max [b]
     * @param sums [2, b]
     */
    record Saved(Tensor firsts, Tensor inner, Tensor pooled, Tensor scores, Tensor max, Tensor sums) {}

    SegmentOrderHead(Build build) {
        this.on = build.on();
        this.first = new FirstTokens(build);
        this.pooler = build.whole(POOLER);
        this.classes = build.whole(ORDER_HEAD);
    }

    /** The loss of x [rows, h], added to ORDER_LOSS_SUM, and how many samples are predicted right, to ORDER_CORRECT. */
    Saved forward(Frame frame, MicroBatch batch, Tensor x, StepState state) {
        Tensor firsts = first.forward(frame, batch, x);
        long b = batch.samples();
        Tensor inner = frame.take(x.type(), b, pooler.outputs());
        pooler.forward(firsts, inner);
        Tensor pooled = frame.take(x.type(), b, pooler.outputs());
        on.kernels().elementwise().biasTanh(on.queue(), inner, pooler.bias(), pooled);
        Tensor scores = frame.take(x.type(), b, classes.outputs());
        classes.forward(pooled, scores);
        on.kernels().elementwise().bias(on.queue(), scores, classes.bias(), scores);
        Tensor max = frame.take(DType.FLOAT32, b);
        Tensor sums = frame.take(DType.FLOAT32, 2, b);
        Saved saved = new Saved(firsts, inner, pooled, scores, max, sums);
        addLoss(frame, saved, order(batch), state);
        return saved;
    }

    /**
     * @param dx [rows, h], += the gradient of x
     */
    void backward(Frame frame, MicroBatch batch, Saved saved, StepState state, Tensor dx) {
        Tensor dScores = saved.scores(); // [b, 2]
        on.kernels()
                .crossEntropy()
                .gradient(
                        on.queue(),
                        dScores,
                        classes.outputs(),
                        saved.max(),
                        saved.sums(),
                        order(batch),
                        0,
                        state.slot(StepState.ORDER_LOSS_GRADIENT),
                        dScores);
        long mark = frame.mark();
        Tensor dInner = frame.take(dx.type(), batch.samples(), pooler.outputs()); // [b, h]
        classes.backward(dScores, saved.pooled(), dInner);
        on.kernels().elementwise().biasTanhBackward(on.queue(), dInner, saved.inner(), pooler.bias(), dInner);
        Tensor dFirsts = frame.take(dx.type(), batch.samples(), dx.extent(1)); // [b, h]
        pooler.backward(dInner, saved.firsts(), dFirsts);
        first.backward(batch, dFirsts, dx);
        frame.release(mark);
    }

    private void addLoss(Frame frame, Saved saved, Tensor order, StepState state) {
        CrossEntropy kernel = on.kernels().crossEntropy();
        long mark = frame.mark();
        Tensor losses = frame.take(DType.FLOAT32, order.elements()); // [b]
        kernel.maximum(on.queue(), saved.scores(), classes.outputs(), saved.max());
        kernel.sums(on.queue(), saved.scores(), classes.outputs(), saved.max(), order, 0, saved.sums());
        kernel.losses(on.queue(), saved.sums(), order, losses);
        on.kernels().optimization().sum(on.queue(), losses, state.slot(StepState.ORDER_LOSS_SUM));
        kernel.correct(on.queue(), saved.sums(), order, state.slot(StepState.ORDER_CORRECT));
        frame.release(mark);
    }

    private static Tensor order(MicroBatch batch) {
        return batch.segments().orElseThrow().order();
    }
}
