package io.sparktron.kernels;

import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/**
 * Cross entropy over logits whose vocabulary columns are split over ranks, in parts around two reductions (paper, section 3:
 * output embedding): {@link #maximum}, all-reduce MAX of [n], {@link #sums}, all-reduce SUM of [2, n], then {@link #losses} and
 * {@link #gradient}. Only O(n) numbers travel, never logits.
 *
 * <p>Columns from {@code columns} on are padding: never read, and zero in the gradient. A target of {@link #IGNORED} has loss and
 * gradient zero.
 */
public interface CrossEntropy {
    /** A target that is not predicted. */
    int IGNORED = -100;

    /**
     * {@code max[i] = max over the used columns of logits[i]}; -infinity if {@code columns} is 0.
     *
     * @param logits [n, v]
     * @param columns used columns, at most v
     * @param max [n]
     */
    void maximum(Queue queue, Tensor logits, long columns, Tensor max);

    /**
     * {@code sums[0, i] = sum over used columns of exp(logits[i] - max[i])};
     * {@code sums[1, i] = logits[i, targets[i] - first] - max[i]}, or 0 where another rank holds that column or the target is ignored.
     *
     * @param max [n], already reduced over the group
     * @param targets INT32 [n], vocabulary indices or {@link #IGNORED}
     * @param first vocabulary index of column 0
     * @param sums [2, n]
     */
    void sums(Queue queue, Tensor logits, long columns, Tensor max, Tensor targets, long first, Tensor sums);

    /**
     * {@code losses[i] = log(sums[0, i]) - sums[1, i]}, 0 where ignored.
     *
     * @param sums [2, n], already reduced over the group
     * @param losses [n]
     */
    void losses(Queue queue, Tensor sums, Tensor targets, Tensor losses);

    /**
     * {@code total += } the rows that are not ignored and whose target's logit is the largest of its row: {@code sums[1, i] = 0}.
     *
     * @param sums [2, n], already reduced over the group
     * @param total FLOAT64 [1], +=
     */
    void correct(Queue queue, Tensor sums, Tensor targets, Tensor total);

    /**
     * {@code dLogits[i, j] = (exp(logits[i, j] - max[i]) / sums[0, i] - [j = target]) * scale}, 0 where ignored and in padding columns.
     *
     * @param scale FLOAT64 [1] on the device: loss scale / count of targets in the global batch, a slot of the step state
     * @param dLogits [n, v], may be {@code logits}
     */
    void gradient(
            Queue queue,
            Tensor logits,
            long columns,
            Tensor max,
            Tensor sums,
            Tensor targets,
            long first,
            Tensor scale,
            Tensor dLogits);
}
