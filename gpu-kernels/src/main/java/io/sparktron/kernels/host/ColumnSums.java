package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.tensor.Tensor;
import jdk.incubator.vector.FloatVector;

/**
 * Sums over the rows of a matrix, a strip of columns at a time: strips are what the workers share, and each adds its rows in one order, in chunks
 * whose length follows from the number of rows alone. So bits do not depend on the threads, and rounding grows with the root of n.
 */
final class ColumnSums {
    /** Columns of a strip: four cache lines of each row. */
    static final int STRIP = 64;

    private ColumnSums() {}

    /** Rows of a chunk: the root of n, rounded up. */
    static int chunk(long n) {
        return (int) Math.max(1, Math.ceil(Math.sqrt(n)));
    }

    /** {@code sums[j] += x[0, j] + x[1, j] + ...} for x [n, c], sums [c]. */
    static void add(Workers workers, Tensor x, Floats sums) {
        long n = x.extent(0);
        long c = x.extent(1);
        int chunk = chunk(n);
        workers.run((c + STRIP - 1) / STRIP, 1 + Blocks.ELEMENTS / (STRIP * (n + 1)), (worker, first, end) -> {
            for (long strip = first; strip < end; strip++) {
                int column = (int) strip * STRIP;
                strip(x, n, (int) c, column, (int) Math.min(column + STRIP, c), chunk, sums);
            }
        });
    }

    private static void strip(Tensor x, long n, int c, int column, int end, int chunk, Floats sums) {
        int j = column;
        for (; j + SPECIES.length() <= end; j += SPECIES.length()) {
            FloatVector total = FloatVector.zero(SPECIES);
            for (long from = 0; from < n; from += chunk) {
                int rows = (int) Math.min(chunk, n - from);
                Floats part = Floats.of("dy", x, from * c, (long) rows * c);
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int row = 0; row < rows; row++) {
                    sum = sum.add(part.load(row * c + j));
                }
                total = total.add(sum);
            }
            sums.store(j, sums.load(j).add(total));
        }
        for (; j < end; j++) {
            float total = 0;
            for (long from = 0; from < n; from += chunk) {
                int rows = (int) Math.min(chunk, n - from);
                Floats part = Floats.of("dy", x, from * c, (long) rows * c);
                float sum = 0;
                for (int row = 0; row < rows; row++) {
                    sum += part.get(row * c + j);
                }
                total += sum;
            }
            sums.set(j, sums.get(j) + total);
        }
    }
}
