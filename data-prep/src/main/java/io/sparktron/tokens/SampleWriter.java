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
 * Writes one Parquet file of a GPT token dataset: rows of {@code sample} INT64 and {@code tokens} LIST&lt;INT32&gt; [sequence + 1], in row
 * groups of exactly {@value #ROW_GROUP_SAMPLES} samples (the last may hold fewer), compressed with Zstandard. Spark's own Parquet writer
 * cannot fix the rows of a row group, which is the block that training shuffles and reads.
 */
public final class SampleWriter implements Closeable {
    /** Samples of a row group, in every token dataset. */
    public static final int ROW_GROUP_SAMPLES = 256;

    private static final int BYTES_PER_TOKEN = Integer.BYTES;

    private final DigestingOutputFile output;
    private final ParquetWriter<int[]> writer;
    private final SampleSupport support;
    private final String name;
    private final long firstSample;
    private final int length;
    private long written;
    private boolean finished;

    /**
     * Creates the file.
     *
     * @param folder where it shall lie
     * @param name its name there, under which {@link #finish} describes it
     * @param temporary the name under which it is written now; equal to {@code name} if the caller does not rename
     * @param firstSample number of its first row
     * @param sequence S; a sample has S + 1 ids
     */
    public SampleWriter(
            Path folder, String name, String temporary, long firstSample, int sequence, Configuration configuration)
            throws IOException {
        this.name = name;
        this.firstSample = firstSample;
        this.length = sequence + 1;
        this.output = new DigestingOutputFile(new Path(folder, temporary), configuration);
        this.support = new SampleSupport(firstSample);
        // A row group must end by its count of rows, never by its size.
        long neverReached = Math.max(1L << 27, 4L * BYTES_PER_TOKEN * ROW_GROUP_SAMPLES * length);
        this.writer = new Builder(output, support)
                .withConf(configuration)
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withRowGroupRowCountLimit(ROW_GROUP_SAMPLES)
                .withRowGroupSize(neverReached)
                .build();
    }

    /** Writes the next sample. @param ids [sequence + 1] */
    public void write(int[] ids) throws IOException {
        if (ids.length != length) {
            throw new IllegalArgumentException(
                    "A sample has " + ids.length + " ids; legal: " + length + " (sequence + 1)");
        }
        writer.write(ids);
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

    private static final class Builder extends ParquetWriter.Builder<int[], Builder> {
        private final SampleSupport support;

        Builder(DigestingOutputFile output, SampleSupport support) {
            super(output);
            this.support = support;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // deprecated but abstract
        protected WriteSupport<int[]> getWriteSupport(Configuration configuration) {
            return support;
        }
    }

    /** Turns samples into Parquet's record events, numbering them. */
    private static final class SampleSupport extends WriteSupport<int[]> {
        private static final MessageType SCHEMA = Types.buildMessage()
                .required(PrimitiveTypeName.INT64)
                .named("sample")
                .requiredGroup()
                .as(LogicalTypeAnnotation.listType())
                .addField(Types.repeatedGroup()
                        .addField(Types.primitive(PrimitiveTypeName.INT32, Type.Repetition.REQUIRED)
                                .named("element"))
                        .named("list"))
                .named("tokens")
                .named("sample");

        private RecordConsumer consumer;
        private long next;

        SampleSupport(long firstSample) {
            this.next = firstSample;
        }

        @Override
        @SuppressWarnings("deprecation") // deprecated but abstract
        public WriteContext init(Configuration configuration) {
            return new WriteContext(SCHEMA, Map.of());
        }

        @Override
        public void prepareForWrite(RecordConsumer recordConsumer) {
            consumer = recordConsumer;
        }

        @Override
        public void write(int[] ids) {
            consumer.startMessage();
            consumer.startField("sample", 0);
            consumer.addLong(next++);
            consumer.endField("sample", 0);
            consumer.startField("tokens", 1);
            consumer.startGroup();
            consumer.startField("list", 0);
            for (int id : ids) {
                consumer.startGroup();
                consumer.startField("element", 0);
                consumer.addInteger(id);
                consumer.endField("element", 0);
                consumer.endGroup();
            }
            consumer.endField("list", 0);
            consumer.endGroup();
            consumer.endField("tokens", 1);
            consumer.endMessage();
        }
    }
}
