package io.sparktron.data;

import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.Manifest;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.Type;

/** Goes through the rows of one row group, front to back, and checks those it reads. It reads the columns themselves. */
final class RowGroupCursor implements AutoCloseable {
    private final PageReadStore pages;
    private final ColumnReader samples;
    private final Values values;
    private final RowPlace place;

    /** @param row number of the group's first row in its file */
    RowGroupCursor(Path file, PageReadStore pages, SampleSchema schema, String writer, long row, Manifest manifest) {
        ColumnReadStoreImpl columns =
                new ColumnReadStoreImpl(pages, new NoConverter(schema.columns()), schema.columns(), writer);
        this.pages = pages;
        this.place = new RowPlace(file, row);
        this.samples = columns.getColumnReader(schema.sample());
        this.values = manifest.family().equals(Manifest.BERT)
                ? bert(columns, schema, manifest)
                : new GptValues(tokens(columns, schema, manifest), manifest.sequence() + 1, place);
    }

    private Values bert(ColumnReadStoreImpl columns, SampleSchema schema, Manifest manifest) {
        return new BertRow(
                tokens(columns, schema, manifest),
                columns.getColumnReader(schema.second()),
                columns.getColumnReader(schema.swapped()),
                schema.labels() == null ? null : labels(columns, schema, manifest),
                manifest.tokenizer().wordPieces(),
                manifest.sequence(),
                place);
    }

    private IdList tokens(ColumnReadStoreImpl columns, SampleSchema schema, Manifest manifest) {
        int vocabulary = manifest.tokenizer().vocabulary();
        return new IdList(
                columns.getColumnReader(schema.tokens()),
                SampleSchema.TOKENS,
                schema.isNullable(SampleSchema.TOKENS),
                place,
                id -> id >= 0 && id < vocabulary,
                range(vocabulary));
    }

    private IdList labels(ColumnReadStoreImpl columns, SampleSchema schema, Manifest manifest) {
        int vocabulary = manifest.tokenizer().vocabulary();
        return new IdList(
                columns.getColumnReader(schema.labels()),
                SampleSchema.LABELS,
                schema.isNullable(SampleSchema.LABELS),
                place,
                id -> id == BertSample.IGNORED || id >= 0 && id < vocabulary,
                BertSample.IGNORED + ", or " + range(vocabulary));
    }

    private static String range(int vocabulary) {
        return "0 to " + (vocabulary - 1) + " (the manifest's tokenizer.vocabulary - 1)";
    }

    /** Number in the file of the row that comes next. */
    long row() {
        return place.row();
    }

    /**
     * Reads the next row.
     *
     * @param sample what its sample column must hold
     * @param into receives the sample's values from {@code offset} on
     */
    void read(long sample, int[] into, int offset) {
        if (!Values.isPresent(samples)) {
            throw place.illegal("sample = null", sample);
        }
        if (samples.getLong() != sample) {
            throw place.illegal("sample = " + samples.getLong(), sample);
        }
        samples.consume();
        values.read(into, offset);
        place.next();
    }

    /** Passes over the next row unseen. */
    void skip() {
        Values.skipRow(samples);
        values.skip();
        place.next();
    }

    @Override
    public void close() {
        pages.close();
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
