package io.sparktron.kernels;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;

/**
 * Which rows of a micro-batch's [b s] a tensor [rows, ...] holds: row r of the tensor is position {@code (first + r) mod s} of sample
 * {@code (first + r) div s}.
 *
 * @param positions INT64 [b], where each sample stands in the run
 * @param sequence s
 * @param first the micro-batch's row that is the tensor's first
 */
public record SampleRows(Tensor positions, long sequence, long first) {
    public SampleRows {
        Operands.rank("positions", positions, 1).expect("positions", DType.INT64);
        Operands.range("sequence", sequence, 1, Long.MAX_VALUE);
        Operands.range("first", first, 0, positions.extent(0) * sequence);
    }

    /** All rows of the micro-batch. */
    public static SampleRows all(Tensor positions, long sequence) {
        return new SampleRows(positions, sequence, 0);
    }

    /** Rows from {@link #first} to the end of the micro-batch. */
    public long available() {
        return positions.extent(0) * sequence - first;
    }
}
