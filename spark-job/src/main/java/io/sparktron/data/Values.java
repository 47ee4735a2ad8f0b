package io.sparktron.data;

import org.apache.parquet.column.ColumnReader;

/** The columns that make up a sample: read, or passed over, row by row. */
interface Values {
    /** Reads the next row into {@code values} from {@code offset} on, and checks it. */
    void read(int[] values, int offset);

    /** Passes over the next row unseen. */
    void skip();

    static boolean isPresent(ColumnReader column) {
        return column.getCurrentDefinitionLevel() == column.getDescriptor().getMaxDefinitionLevel();
    }

    /** Passes over the values of the next row, of which a list has any number. */
    static void skipRow(ColumnReader column) {
        do {
            if (isPresent(column)) {
                column.skip();
            }
            column.consume();
        } while (column.getCurrentRepetitionLevel() > 0);
    }
}
