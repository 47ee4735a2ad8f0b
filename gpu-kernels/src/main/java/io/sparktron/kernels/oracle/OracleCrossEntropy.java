package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.host.Elements.add;
import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.getInt;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** The parts of cross entropy, a row of logits at a time. */
final class OracleCrossEntropy implements CrossEntropy {
    @Override
    public void maximum(Queue queue, Tensor logits, long columns, Tensor max) {
        HostQueue.of(queue);
        Operands.crossEntropy(logits, columns, max);
        for (long i = 0; i < logits.extent(0); i++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (long j = 0; j < columns; j++) {
                largest = Math.max(largest, get(logits, i * logits.extent(1) + j));
            }
            set(max, i, largest);
        }
    }

    @Override
    public void sums(Queue queue, Tensor logits, long columns, Tensor max, Tensor targets, long first, Tensor sums) {
        HostQueue.of(queue);
        Operands.crossEntropy(logits, columns, max, targets, sums);
        long rows = logits.extent(0); // n
        for (long i = 0; i < rows; i++) {
            double exponentials = 0;
            double target = 0;
            for (long j = 0; j < columns; j++) {
                double shifted = get(logits, i * logits.extent(1) + j) - get(max, i);
                exponentials += StrictMath.exp(shifted);
                if (j == column(targets, i, first)) {
                    target = shifted;
                }
            }
            set(sums, i, exponentials);
            set(sums, rows + i, target);
        }
    }

    @Override
    public void losses(Queue queue, Tensor sums, Tensor targets, Tensor losses) {
        HostQueue.of(queue);
        Operands.losses(sums, targets, losses);
        long rows = losses.extent(0); // n
        for (long i = 0; i < rows; i++) {
            boolean ignored = getInt(targets, i) == IGNORED;
            set(losses, i, ignored ? 0 : StrictMath.log(get(sums, i)) - get(sums, rows + i));
        }
    }

    @Override
    public void correct(Queue queue, Tensor sums, Tensor targets, Tensor total) {
        HostQueue.of(queue);
        Operands.correct(sums, targets, total);
        long rows = targets.elements(); // n
        long count = 0;
        for (long i = 0; i < rows; i++) {
            count += getInt(targets, i) != IGNORED && get(sums, rows + i) == 0 ? 1 : 0;
        }
        add(total, 0, count);
    }

    @Override
    public void gradient(
            Queue queue,
            Tensor logits,
            long columns,
            Tensor max,
            Tensor sums,
            Tensor targets,
            long first,
            Tensor scale,
            Tensor dLogits) {
        HostQueue.of(queue);
        Operands.crossEntropy(logits, columns, max, targets, sums);
        Operands.gradient(logits, scale, dLogits);
        long width = logits.extent(1); // v
        for (long i = 0; i < logits.extent(0); i++) {
            for (long j = 0; j < width; j++) {
                boolean used = j < columns && getInt(targets, i) != IGNORED;
                set(
                        dLogits,
                        i * width + j,
                        used ? element(logits, i, j, max, sums, targets, first) * get(scale, 0) : 0);
            }
        }
    }

    private static double element(Tensor logits, long i, long j, Tensor max, Tensor sums, Tensor targets, long first) {
        double probability = StrictMath.exp(get(logits, i * logits.extent(1) + j) - get(max, i)) / get(sums, i);
        return j == column(targets, i, first) ? probability - 1 : probability;
    }

    /** Local column of row i's target; outside this rank's columns where another rank holds it or it is ignored. */
    private static long column(Tensor targets, long i, long first) {
        return getInt(targets, i) == IGNORED ? -1 : getInt(targets, i) - first;
    }
}
