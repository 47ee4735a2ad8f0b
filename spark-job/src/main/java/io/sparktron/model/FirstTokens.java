package io.sparktron.model;

import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ReduceFromTensorRegion;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * The row of each sample's first token, on every rank: [rows, h] to [b, h]. Where ranks share the rows, each has those of some samples and zeros for the others, and the
 * parts are added (g of the paper); backward, each takes the gradient of those it has.
 */
final class FirstTokens {
    private final Execution on;
    private final Build build;

    FirstTokens(Build build) {
        this.on = build.on();
        this.build = build;
    }

    /**
     * @param x [rows, h]
     * @return [b, h], on the frame
     */
    Tensor forward(Frame frame, MicroBatch batch, Tensor x) {
        Tensor firsts = frame.take(x.type(), batch.samples(), x.extent(1));
        boolean shared = x.extent(0) < batch.rowCount();
        if (shared) {
            on.kernels().elementwise().fill(on.queue(), firsts, 0);
        }
        for (long sample = 0; sample < batch.samples(); sample++) {
            long row = row(batch, sample);
            if (row >= 0 && row < x.extent(0)) {
                on.kernels().elementwise().copy(on.queue(), x.rows(row, 1), firsts.rows(sample, 1));
            }
        }
        if (shared) {
            ReduceFromTensorRegion.forward(on, firsts).before(on.queue());
        }
        return firsts;
    }

    /**
     * @param dFirsts [b, h], the same on every rank
     * @param dx [rows, h], +=
     */
    void backward(MicroBatch batch, Tensor dFirsts, Tensor dx) {
        for (long sample = 0; sample < batch.samples(); sample++) {
            long row = row(batch, sample);
            if (row >= 0 && row < dx.extent(0)) {
                on.kernels().elementwise().add(on.queue(), dFirsts.rows(sample, 1), dx.rows(row, 1));
            }
        }
    }

    /** Counted from the rank's first row. */
    private long row(MicroBatch batch, long sample) {
        return sample * batch.sequence() - build.rows(batch).first();
    }
}
