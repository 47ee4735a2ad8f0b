package io.sparktron.parallel;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * The mean cross entropy of logits whose columns are split over the tensor group, fused with the output projection's split (paper, section 3): the ranks
 * exchange three numbers a row and never a logit.
 */
public final class VocabParallelCrossEntropy {
    private final Execution on;
    private final VocabParallelEmbedding embedding;

    /** What backward needs: the row maxima [n] and the reduced sums [2, n]. */
    public record Saved(Tensor max, Tensor sums) {}

    /**
     * @param embedding whose split of the vocabulary the logits' columns follow
     */
    public VocabParallelCrossEntropy(Execution on, VocabParallelEmbedding embedding) {
        this.on = on;
        this.embedding = embedding;
    }

    /**
     * @param logits [n, v]
     * @param targets INT32 [n]
     * @param lossSum FLOAT64 [1], += the sum of the rows' losses
     */
    public Saved forward(Frame frame, Tensor logits, Tensor targets, Tensor lossSum) {
        CrossEntropy kernel = on.kernels().crossEntropy();
        long n = logits.extent(0);
        Tensor max = frame.take(DType.FLOAT32, n);
        Tensor sums = frame.take(DType.FLOAT32, 2, n);
        kernel.maximum(on.queue(), logits, embedding.rows(), max);
        on.mesh().tensor().run(new AllReduce(Reduction.MAX, max), on.queue());
        kernel.sums(on.queue(), logits, embedding.rows(), max, targets, embedding.first(), sums);
        on.mesh().tensor().run(new AllReduce(Reduction.SUM, sums), on.queue());

        Tensor losses = frame.take(DType.FLOAT32, n);
        kernel.losses(on.queue(), sums, targets, losses);
        on.kernels().optimization().sum(on.queue(), losses, lossSum);
        return new Saved(max, sums);
    }

    /**
     * Turns logits [n, v] into their gradient, in place.
     *
     * @param scale FLOAT64 [1]: loss scale / targets of the global batch
     */
    public void backward(Tensor logits, Tensor targets, Saved saved, Tensor scale) {
        on.kernels()
                .crossEntropy()
                .gradient(
                        on.queue(),
                        logits,
                        embedding.rows(),
                        saved.max(),
                        saved.sums(),
                        targets,
                        embedding.first(),
                        scale,
                        logits);
    }
}
