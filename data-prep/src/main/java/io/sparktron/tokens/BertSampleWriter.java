package io.sparktron.tokens;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * Writes one file of a BERT token dataset: rows of {@code sample} INT64, {@code tokens} LIST&lt;INT32&gt; (at most sequence), {@code second} INT32,
 * {@code swapped} BOOLEAN and, where the samples have labels, {@code labels} LIST&lt;INT32&gt;.
 */
public final class BertSampleWriter extends TokenFileWriter<BertSample> {
    private static final MessageType UNMASKED = sampleColumn()
            .addField(list("tokens", Type.Repetition.REQUIRED))
            .required(PrimitiveTypeName.INT32)
            .named("second")
            .required(PrimitiveTypeName.BOOLEAN)
            .named("swapped")
            .named("sample");
    private static final MessageType MASKED =
            UNMASKED.union(new MessageType("sample", list("labels", Type.Repetition.REQUIRED)));

    private final int sequence;
    private final boolean labelled;

    /**
     * Creates the file.
     *
     * @param folder where it shall lie
     * @param name its name there, under which {@link #finish} describes it
     * @param temporary the name under which it is written now; equal to {@code name} if the caller does not rename
     * @param firstSample number of its first row
     * @param sequence ids that a sample has at most
     * @param labelled whether the samples have labels
     */
    public BertSampleWriter(
            Path folder,
            String name,
            String temporary,
            long firstSample,
            int sequence,
            boolean labelled,
            Configuration configuration)
            throws IOException {
        super(
                new Place(folder, name, temporary, firstSample),
                labelled ? MASKED : UNMASKED,
                2L * sequence + 2,
                BertSampleWriter::addRow,
                configuration);
        this.sequence = sequence;
        this.labelled = labelled;
    }

    @Override
    public void write(BertSample sample) throws IOException {
        int length = sample.tokens().length;
        if (length > sequence) {
            throw new IllegalArgumentException("A sample has " + length + " ids; legal: at most " + sequence);
        }
        if (sample.labels() == null ? labelled : !labelled || sample.labels().length != length) {
            throw new IllegalArgumentException("A sample of " + length + " ids has "
                    + (sample.labels() == null ? "no" : sample.labels().length) + " labels; legal: "
                    + (labelled ? "as many as ids" : "none"));
        }
        super.write(sample);
    }

    private static void addRow(BertSample sample, RecordConsumer consumer) {
        addList(consumer, "tokens", 1, sample.tokens());
        consumer.startField("second", 2);
        consumer.addInteger(sample.second());
        consumer.endField("second", 2);
        consumer.startField("swapped", 3);
        consumer.addBoolean(sample.swapped());
        consumer.endField("swapped", 3);
        if (sample.labels() != null) {
            addList(consumer, "labels", 4, sample.labels());
        }
    }
}
