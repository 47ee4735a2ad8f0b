package io.sparktron.kernels.check;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.SampleRows;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The masks themselves, bit for bit: what ones become, of any seed, site and position, and where counters pass 31 and 32 bits. */
public final class DropoutChecks {
    private static final int ROWS = 13;
    private static final int COLUMNS = 71; // padded to 72
    private static final long[] SAMPLES = {9, -1, 1L << 62 | 12345};
    private static final double[] PROBABILITIES = {1e-20, 0.1, 0.5, 0.9, Math.nextDown(1.0)};
    private static final long[] SEEDS = {0x9876543210L, -3, 0};

    private DropoutChecks() {}

    static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        for (DropoutSite site : DropoutSite.values()) {
            for (long seed : SEEDS) {
                checks.add(mask(type, new Dropout(0.1, seed, site.of(17)), ROWS, 0, 3 * ROWS));
            }
        }
        for (double probability : PROBABILITIES) {
            Dropout dropout = new Dropout(probability, SEEDS[0], DropoutSite.MLP_OUTPUT.of(0));
            checks.add(mask(type, dropout, ROWS, 7, 20));
        }
        long sequence = (1L << 34) / (COLUMNS + 1);
        for (long element : new long[] {1L << 31, 1L << 32, 1L << 33, (1L << 34) - 4 * (COLUMNS + 1)}) {
            Dropout dropout = new Dropout(0.5, SEEDS[0], DropoutSite.EMBEDDING.of(0));
            checks.add(mask(type, dropout, sequence, element / (COLUMNS + 1) - 1, 3));
        }
        return checks;
    }

    /** Of {@code count} rows from {@code first} on. Ones times the factor are the factor, rounded to the type as the oracle rounds it. */
    private static Check mask(DType type, Dropout dropout, long sequence, long first, long count) {
        String operands = "mask of " + dropout.probability() + ", seed " + dropout.seed() + ", site " + dropout.site()
                + ", rows " + first + " to " + (first + count);
        return new Check("elementwise.dropout", type, operands, host -> {
            Tensor ones = host.constant(1, type, count, COLUMNS);
            Tensor samples = host.longs(SAMPLES);
            return new Case(bench -> {
                        Tensor y = bench.output("y", ones);
                        SampleRows rows = new SampleRows(bench.input(samples), sequence, first);
                        bench.elementwise().dropout(bench.queue(), y, dropout, rows, y);
                    })
                    .exact("y");
        });
    }
}
