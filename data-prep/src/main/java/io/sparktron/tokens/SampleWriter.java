package io.sparktron.tokens;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Writes one file of a GPT token dataset: rows of {@code sample} INT64 and {@code tokens} LIST&lt;INT32&gt; [sequence + 1]. */
public final class SampleWriter extends TokenFileWriter<int[]> {
    private static final MessageType SCHEMA =
            sampleColumn().addField(list("tokens", Type.Repetition.REQUIRED)).named("sample");

    private final int length;

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
        super(
                new Place(folder, name, temporary, firstSample),
                SCHEMA,
                sequence + 1L,
                (ids, consumer) -> addList(consumer, "tokens", 1, ids),
                configuration);
        this.length = sequence + 1;
    }

    /** Writes the next sample. @param ids [sequence + 1] */
    @Override
    public void write(int[] ids) throws IOException {
        if (ids.length != length) {
            throw new IllegalArgumentException(
                    "A sample has " + ids.length + " ids; legal: " + length + " (sequence + 1)");
        }
        super.write(ids);
    }
}
