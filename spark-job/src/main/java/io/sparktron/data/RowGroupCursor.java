package io.sparktron.data;

import io.sparktron.tokens.InvalidInputException;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;

/**
 * Goes through the rows of one row group, front to back, and checks those it reads. It reads the columns themselves: a value's repetition level
 * says whether it starts a row, its definition level whether it is there at all, however the writer nested the list.
 */
final class RowGroupCursor implements AutoCloseable {
    private final Path file;
    private final PageReadStore pages;
    private final ColumnReader samples;
    private final ColumnReader tokens;
    private final int length; // s + 1
    private final int vocabulary;
    private long row;

    /**
     * @param row number of the group's first row in its file
     * @param length ids that a row must have, s + 1
     * @param vocabulary ids must be less
     */
    RowGroupCursor(
            Path file, PageReadStore pages, SampleSchema schema, String writer, long row, int length, int vocabulary) {
        ColumnReadStoreImpl columns =
                new ColumnReadStoreImpl(pages, new NoConverter(schema.columns()), schema.columns(), writer);
        this.file = file;
        this.pages = pages;
        this.samples = columns.getColumnReader(schema.sample());
        this.tokens = columns.getColumnReader(schema.tokens());
        this.row = row;
        this.length = length;
        this.vocabulary = vocabulary;
    }

    /** Number in the file of the row that comes next. */
    long row() {
        return row;
    }

    /**
     * Reads the next row.
     *
     * @param sample what its sample column must hold
     * @param ids receives s + 1 ids from {@code offset} on
     */
    void read(long sample, int[] ids, int offset) {
        requireSample(sample);
        samples.consume();
        int count = 0;
        do {
            if (isPresent(tokens)) {
                int id = tokens.getInteger();
                requireId(id, count);
                if (count < length) {
                    ids[offset + count] = id;
                }
                count++;
            } else if (isNullElement()) {
                throw illegal("null at position " + count + " of tokens", idRange());
            }
            tokens.consume();
        } while (tokens.getCurrentRepetitionLevel() > 0);
        if (count != length) {
            throw illegal(count + " tokens", length + " (the manifest's sequence + 1)");
        }
        row++;
    }

    /** Passes over the next row unseen. */
    void skip() {
        skipValue(samples);
        do {
            skipValue(tokens);
        } while (tokens.getCurrentRepetitionLevel() > 0);
        row++;
    }

    @Override
    public void close() {
        pages.close();
    }

    private static void skipValue(ColumnReader column) {
        if (isPresent(column)) {
            column.skip();
        }
        column.consume();
    }

    private static boolean isPresent(ColumnReader column) {
        return column.getCurrentDefinitionLevel() == column.getDescriptor().getMaxDefinitionLevel();
    }

    /** A null inside a list, as opposed to a list that is empty or null as a whole. */
    private boolean isNullElement() {
        boolean nullable = tokens.getDescriptor().getPrimitiveType().isRepetition(Type.Repetition.OPTIONAL);
        int levels = tokens.getDescriptor().getMaxDefinitionLevel();
        return nullable && tokens.getCurrentDefinitionLevel() == levels - 1;
    }

    private void requireSample(long expected) {
        if (!isPresent(samples)) {
            throw illegal("sample = null", expected);
        }
        if (samples.getLong() != expected) {
            throw illegal("sample = " + samples.getLong(), expected);
        }
    }

    private void requireId(int id, int position) {
        if (id < 0 || id >= vocabulary) {
            throw illegal("id " + id + " at position " + position + " of tokens", idRange());
        }
    }

    private String idRange() {
        return "0 to " + (vocabulary - 1) + " (the manifest's tokenizer.vocabulary - 1)";
    }

    private InvalidInputException illegal(String found, Object legal) {
        return new InvalidInputException(file + ", row " + row + ", has " + found + "; legal: " + legal);
    }

    /** Parquet wants to know where values go, also if nothing is ever sent there. */
    private static final class NoConverter extends GroupConverter {
        private final GroupType group;

        NoConverter(GroupType group) {
            this.group = group;
        }

        @Override
        public Converter getConverter(int field) {
            Type type = group.getType(field);
            return type.isPrimitive() ? new PrimitiveConverter() {} : new NoConverter(type.asGroupType());
        }

        @Override
        public void start() {}

        @Override
        public void end() {}
    }
}
