package io.sparktron.tokens;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * Writes one Parquet file of a token dataset, a sample a row, numbering them in column {@code sample}: in row groups of exactly
 * {@value #ROW_GROUP_SAMPLES} samples (the last may hold fewer), compressed with Zstandard. Spark's own Parquet writer cannot fix the rows of a
 * row group, which is the block that training shuffles and reads.
 *
 * @param <T> a sample
 */
public abstract class TokenFileWriter<T> implements Closeable {
    /** Samples of a row group, in every token dataset. */
    public static final int ROW_GROUP_SAMPLES = 256;

    private final DigestingOutputFile output;
    private final ParquetWriter<T> writer;
    private final String name;
    private final long firstSample;
    private long written;
    private boolean finished;

    /** Where a file shall lie, and what it holds first. */
    record Place(Path folder, String name, String temporary, long firstSample) {}

    /** @param mostValues INT32 values of a row, at most */
    TokenFileWriter(Place place, MessageType schema, long mostValues, Row<T> row, Configuration configuration)
            throws IOException {
        this.name = place.name();
        this.firstSample = place.firstSample();
        this.output = new DigestingOutputFile(new Path(place.folder(), place.temporary()), configuration);
        // A row group must end by its count of rows, never by its size.
        long neverReached = Math.max(1L << 27, 4L * Integer.BYTES * ROW_GROUP_SAMPLES * mostValues);
        this.writer = new Builder<>(output, new Support<>(schema, place.firstSample(), row))
                .withConf(configuration)
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withRowGroupRowCountLimit(ROW_GROUP_SAMPLES)
                .withRowGroupSize(neverReached)
                .build();
    }

    /** The columns of a row after {@code sample}. */
    @FunctionalInterface
    interface Row<T> {
        void write(T sample, RecordConsumer consumer);
    }

    /** Writes the next sample. */
    public void write(T sample) throws IOException {
        writer.write(sample);
        written++;
    }

    /** Completes the file and describes it for the manifest. */
    public Manifest.DataFile finish() throws IOException {
        writer.close();
        finished = true;
        return new Manifest.DataFile(name, firstSample, written, output.sha256(), output.bytes());
    }

    /** Releases the file. One that is not {@link #finish finished} is of no use: where it lies at all, it is the caller's to delete. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            output.abandon();
        }
        writer.close();
    }

    static Types.GroupBuilder<MessageType> sampleColumn() {
        return Types.buildMessage().required(PrimitiveTypeName.INT64).named("sample");
    }

    /** A column of type LIST&lt;INT32&gt;. */
    static Type list(String name, Type.Repetition repetition) {
        return Types.buildGroup(repetition)
                .as(LogicalTypeAnnotation.listType())
                .addField(Types.repeatedGroup()
                        .addField(Types.primitive(PrimitiveTypeName.INT32, Type.Repetition.REQUIRED)
                                .named("element"))
                        .named("list"))
                .named(name);
    }

    /** Writes a list; one without elements is not the same as none. */
    static void addList(RecordConsumer consumer, String name, int column, int[] values) {
        consumer.startField(name, column);
        consumer.startGroup();
        if (values.length > 0) {
            consumer.startField("list", 0);
            for (int value : values) {
                consumer.startGroup();
                consumer.startField("element", 0);
                consumer.addInteger(value);
                consumer.endField("element", 0);
                consumer.endGroup();
            }
            consumer.endField("list", 0);
        }
        consumer.endGroup();
        consumer.endField(name, column);
    }

    private static final class Builder<T> extends ParquetWriter.Builder<T, Builder<T>> {
        private final Support<T> support;

        Builder(DigestingOutputFile output, Support<T> support) {
            super(output);
            this.support = support;
        }

        @Override
        protected Builder<T> self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // deprecated but abstract
        protected WriteSupport<T> getWriteSupport(Configuration configuration) {
            return support;
        }
    }

    /** Turns samples into Parquet's record events, numbering them. */
    private static final class Support<T> extends WriteSupport<T> {
        private final MessageType schema;
        private final Row<T> row;
        private RecordConsumer consumer;
        private long next;

        Support(MessageType schema, long firstSample, Row<T> row) {
            this.schema = schema;
            this.next = firstSample;
            this.row = row;
        }

        @Override
        @SuppressWarnings("deprecation") // deprecated but abstract
        public WriteContext init(Configuration configuration) {
            return new WriteContext(schema, Map.of());
        }

        @Override
        public void prepareForWrite(RecordConsumer recordConsumer) {
            consumer = recordConsumer;
        }

        @Override
        public void write(T sample) {
            consumer.startMessage();
            consumer.startField("sample", 0);
            consumer.addLong(next++);
            consumer.endField("sample", 0);
            row.write(sample, consumer);
            consumer.endMessage();
        }
    }
}
