package io.sparktron.kernels;

import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** Rows of a table by index, and their gradient. */
public interface Embedding {
    /**
     * {@code out[i] = table[tokens[i] - first]}, or zeros where that row lies outside the table's {@code rows} used rows: a rank that holds
     * a part of the vocabulary contributes zeros for the rest (paper, section 3: input embedding).
     *
     * @param tokens INT32 [n]
     * @param table [v, h]
     * @param first vocabulary index of row 0
     * @param rows used rows, at most v; the remaining rows are padding
     * @param out [n, h]
     */
    void forward(Queue queue, Tensor tokens, Tensor table, long first, long rows, Tensor out);

    /**
     * {@code dTable[tokens[i] - first] += dOut[i]} in order of i: the same bits at every run.
     *
     * @param tokens INT32 [n]
     * @param dOut [n, h]
     * @param dTable [v, h], +=
     */
    void backward(Queue queue, Tensor tokens, Tensor dOut, long first, long rows, Tensor dTable);

    /**
     * {@code x[r] += positions[j]} for row r, which is position j of its sample.
     *
     * @param positions [p, h], p at least s
     * @param rows which rows of the micro-batch x holds
     * @param x [n, h], +=
     */
    void addPositions(Queue queue, Tensor positions, SampleRows rows, Tensor x);

    /**
     * {@code dPositions[j] += dx[r]} for every row r that is position j of its sample, in order of r.
     *
     * @param dx [n, h]
     * @param rows which rows of the micro-batch dx holds
     * @param dPositions [p, h], +=
     */
    void positionsBackward(Queue queue, Tensor dx, SampleRows rows, Tensor dPositions);
}
