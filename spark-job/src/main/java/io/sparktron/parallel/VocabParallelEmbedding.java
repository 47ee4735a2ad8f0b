package io.sparktron.parallel;

import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * The input embedding with its table split along the vocabulary (paper, section 3): a rank looks up the tokens it holds, contributes zeros for the others, and
 * the parts are added on the way out of the split region.
 */
public final class VocabParallelEmbedding {
    private final Execution on;
    private final RegionBorder border;
    private final Parameter table; // [v, h]

    public VocabParallelEmbedding(Execution on, RegionBorder border, Parameter table) {
        this.on = on;
        this.border = border;
        this.table = table;
    }

    /** Vocabulary index of the rank's first row. */
    public long first() {
        return table.box().start()[0];
    }

    /** Rows of the rank that are not padding. */
    public long rows() {
        return table.box().extent()[0];
    }

    /**
     * @param tokens INT32 [n]
     * @param x [rows, h], of the rows that the rank holds
     */
    public void forward(Frame frame, Tensor tokens, Tensor x) {
        long mark = frame.mark();
        Tensor part = border.part(frame, x); // [n, h]
        on.kernels().embedding().forward(on.queue(), tokens, table.value(), first(), rows(), part);
        border.leave(part, x).before(on.queue());
        frame.release(mark);
    }

    /**
     * Adds the gradient of the rank's part of the table.
     *
     * @param tokens INT32 [n]
     * @param dx [rows, h], of the rows that the rank holds
     * @return dx of all rows [n, h], perhaps on the frame: also the gradient of whatever else was added to x
     */
    public Tensor backward(Frame frame, Tensor tokens, Tensor dx) {
        Tensor whole = border.leaveBackward(frame, dx).on(on.queue());
        on.kernels().embedding().backward(on.queue(), tokens, whole, first(), rows(), table.gradient());
        return whole;
    }
}
