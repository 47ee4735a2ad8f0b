package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import jdk.incubator.vector.FloatVector;

/** The parts of cross entropy, a row of logits at a time; rows are shared out to the workers. */
final class HostCrossEntropy implements CrossEntropy {
    @Override
    public void maximum(Queue queue, Tensor logits, long columns, Tensor max) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.crossEntropy(logits, columns, max);
        long v = logits.extent(1);
        Blocks.run(workers, logits.extent(0), v, (from, rows, lanes) -> {
            Floats in = Floats.of("logits", logits, from * v, rows * v);
            Floats largest = Floats.of("max", max, from, rows);
            for (int row = 0; row < rows; row++) {
                largest.set(row, Lanes.max(in, row * (int) v, (int) columns, lanes));
            }
        });
    }

    @Override
    public void sums(Queue queue, Tensor logits, long columns, Tensor max, Tensor targets, long first, Tensor sums) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.crossEntropy(logits, columns, max, targets, sums);
        long n = logits.extent(0);
        long v = logits.extent(1);
        Blocks.run(workers, n, v, (from, rows, lanes) -> {
            Floats in = Floats.of("logits", logits, from * v, rows * v);
            Floats largest = Floats.of("max", max, from, rows);
            Floats exponentials = Floats.of("sums", sums, from, rows);
            Floats shifted = Floats.of("sums", sums, n + from, rows);
            for (int row = 0; row < rows; row++) {
                int at = row * (int) v;
                float shift = largest.get(row);
                int target = column(targets, from + row, first, columns);
                exponentials.set(row, Lanes.sumOfExponentials(in, at, shift, (int) columns, lanes));
                shifted.set(row, target < 0 ? 0 : in.get(at + target) - shift);
            }
        });
    }

    @Override
    public void losses(Queue queue, Tensor sums, Tensor targets, Tensor losses) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.losses(sums, targets, losses);
        long n = losses.extent(0);
        Blocks.run(workers, n, 1, (from, rows, lanes) -> {
            Floats exponentials = Floats.of("sums", sums, from, rows);
            Floats shifted = Floats.of("sums", sums, n + from, rows);
            Floats out = Floats.of("losses", losses, from, rows);
            for (int row = 0; row < rows; row++) {
                boolean ignored = Elements.getInt(targets, from + row) == IGNORED;
                // One logarithm per row: StrictMath's, in double, has the same bits on every JVM.
                out.set(row, ignored ? 0 : (float) (StrictMath.log(exponentials.get(row)) - shifted.get(row)));
            }
        });
    }

    @Override
    public void correct(Queue queue, Tensor sums, Tensor targets, Tensor total) {
        HostQueue.of(queue);
        Operands.correct(sums, targets, total);
        long n = targets.elements();
        Floats shifted = Floats.of("sums", sums, n, n);
        long count = 0;
        for (int row = 0; row < n; row++) {
            if (shifted.get(row) == 0 && Elements.getInt(targets, row) != IGNORED) {
                count++;
            }
        }
        Elements.add(total, 0, count);
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
        Workers workers = HostQueue.of(queue).workers();
        Operands.crossEntropy(logits, columns, max, targets, sums);
        Operands.gradient(logits, scale, dLogits);
        long v = logits.extent(1);
        double factor = Elements.get(scale, 0);
        Blocks.run(workers, logits.extent(0), v, (from, rows, lanes) -> {
            Floats in = Floats.of("logits", logits, from * v, rows * v);
            Floats out = Floats.of("dLogits", dLogits, from * v, rows * v);
            Floats largest = Floats.of("max", max, from, rows);
            Floats exponentials = Floats.of("sums", sums, from, rows);
            for (int row = 0; row < rows; row++) {
                int at = row * (int) v;
                boolean ignored = Elements.getInt(targets, from + row) == IGNORED;
                int used = ignored ? 0 : (int) columns;
                float shift = largest.get(row);
                double sum = exponentials.get(row);
                int target = column(targets, from + row, first, columns);
                // Before the pass, which may overwrite the logits.
                float exponential = target < 0 ? 0 : Exponential.exp(in.get(at + target) - shift);
                probabilities(in, at, shift, (float) (factor / sum), out, used);
                if (target >= 0) {
                    out.set(at + target, (float) ((exponential / sum - 1) * factor));
                }
                out.fill(at + used, (int) v - used, 0);
            }
        });
    }

    /** {@code out = exp(logits - shift) factor} over part of a row. */
    private static void probabilities(Floats logits, int at, float shift, float factor, Floats out, int count) {
        int whole = count - count % SPECIES.length();
        for (int j = 0; j < whole; j += SPECIES.length()) {
            FloatVector e = Exponential.exp(logits.load(at + j).sub(shift));
            out.store(at + j, e.mul(factor));
        }
        for (int j = whole; j < count; j++) {
            out.set(at + j, Exponential.exp(logits.get(at + j) - shift) * factor);
        }
    }

    /** Local column of row i's target, or -1 where another rank holds it or it is ignored. */
    private static int column(Tensor targets, long i, long first, long columns) {
        int target = Elements.getInt(targets, i);
        long column = target - first;
        return target == IGNORED || column < 0 || column >= columns ? -1 : (int) column;
    }
}
