package io.sparktron.kernels.host;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.SampleRows;

/** The masks of the rows of a tensor [n, h]. */
final class RowMasks {
    private final SampleRows rows;
    private final DropoutMask mask;

    RowMasks(Dropout dropout, SampleRows rows, int columns) {
        this.rows = rows;
        this.mask = new DropoutMask(dropout, columns);
    }

    /** That of row {@code row} of the tensor, valid until the next. */
    DropoutMask draw(long row) {
        long number = rows.first() + row; // of [b s]
        mask.draw(Elements.getLong(rows.positions(), number / rows.sequence()), number % rows.sequence());
        return mask;
    }
}
