package io.sparktron.parallel;

import io.sparktron.tensor.Tensor;

/**
 * The input embedding with its table split along the vocabulary (paper, section 3): a rank looks up the tokens it holds, contributes zeros for the others, and
 * g adds the parts.
 */
public final class VocabParallelEmbedding {
    private final Execution on;
    private final Parameter table; // [v, h]

    public VocabParallelEmbedding(Execution on, Parameter table) {
        this.on = on;
        this.table = table;
    }

    /** The rank's rows, [v, h]; those from {@link #rows} on are padding. */
    public Tensor weight() {
        return table.value();
    }

    /** The gradient of the rank's rows, [v, h]. */
    public Tensor dWeight() {
        return table.gradient();
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
     * @param x [n, h]
     */
    public void forward(Tensor tokens, Tensor x) {
        on.kernels().embedding().forward(on.queue(), tokens, weight(), first(), rows(), x);
        ReduceFromTensorRegion.forward(on, x);
    }

    /**
     * Adds the gradient of the rank's rows.
     *
     * @param tokens INT32 [n]
     * @param dx [n, h]
     */
    public void backward(Tensor tokens, Tensor dx) {
        on.kernels()
                .embedding()
                .backward(on.queue(), tokens, ReduceFromTensorRegion.backward(dx), first(), rows(), dWeight());
    }
}
