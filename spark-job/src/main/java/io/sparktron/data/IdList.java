package io.sparktron.data;

import java.util.function.IntPredicate;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.schema.Type;

/**
 * A column of lists of INT32. A value's repetition level says whether it starts a row, its definition level whether it is there at all, however the
 * writer nested the list.
 *
 * @param name of the column
 * @param nullable whether a list may be missing as a whole
 * @param isLegal whether a value may stand there
 * @param legal which values may, in words
 */
record IdList(ColumnReader reader, String name, boolean nullable, RowPlace place, IntPredicate isLegal, String legal) {
    /** What stands for a list that is null as a whole. */
    static final int NULL = -1;

    /**
     * Reads the next row's list.
     *
     * @param values receives the first {@code most} values, from {@code offset} on
     * @return how many there are, or {@link #NULL}
     */
    int read(int[] values, int offset, int most) {
        int count = nullable && reader.getCurrentDefinitionLevel() == 0 ? NULL : 0;
        do {
            if (Values.isPresent(reader)) {
                int value = reader.getInteger();
                if (!isLegal.test(value)) {
                    throw place.illegal("id " + value + " at position " + count + " of " + name, legal);
                }
                if (count < most) {
                    values[offset + count] = value;
                }
                count++;
            } else if (isNullElement()) {
                throw place.illegal("null at position " + count + " of " + name, legal);
            }
            reader.consume();
        } while (reader.getCurrentRepetitionLevel() > 0);
        return count;
    }

    void skip() {
        Values.skipRow(reader);
    }

    /** A null inside a list, as opposed to a list that is empty or null as a whole. */
    private boolean isNullElement() {
        boolean nullElements = reader.getDescriptor().getPrimitiveType().isRepetition(Type.Repetition.OPTIONAL);
        int levels = reader.getDescriptor().getMaxDefinitionLevel();
        return nullElements && reader.getCurrentDefinitionLevel() == levels - 1;
    }
}
