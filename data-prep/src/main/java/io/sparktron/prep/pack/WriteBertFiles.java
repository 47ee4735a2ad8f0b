package io.sparktron.prep.pack;

import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.BertSampleWriter;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;

/** Writes the files whose samples a partition holds. */
record WriteBertFiles(SampleFiles samples, String folder, SerializableConfiguration configuration)
        implements MapPartitionsFunction<Row, Row> {
    /** @param numbered rows of {@link SampleFiles#NUMBERED}, by file and number */
    @Override
    public Iterator<Row> call(Iterator<Row> numbered) throws IOException {
        List<Row> written = new ArrayList<>();
        Row sample = numbered.hasNext() ? numbered.next() : null;
        while (sample != null) {
            int number = sample.getInt(0);
            try (OneFile file = new OneFile(number)) {
                while (sample != null && sample.getInt(0) == number) {
                    file.append(sample);
                    sample = numbered.hasNext() ? numbered.next() : null;
                }
                Manifest.DataFile done = file.finish();
                written.add(RowFactory.create(
                        done.path(), done.firstSample(), done.samples(), done.sha256(), done.bytes()));
            }
        }
        return written.iterator();
    }

    /** A file in the making. */
    private final class OneFile implements AutoCloseable {
        private final AttemptedFile place;
        private final BertSampleWriter writer;
        private final long end;
        private long next;
        private boolean complete;

        OneFile(int number) throws IOException {
            this.next = samples.firstSample(number);
            this.end = next + samples.samplesIn(number);
            this.place = new AttemptedFile(folder, TokenStream.fileName(number), configuration.value());
            this.writer = new BertSampleWriter(
                    new Path(folder),
                    place.name(),
                    place.temporary(),
                    next,
                    samples.sequence(),
                    false,
                    configuration.value());
        }

        void append(Row row) throws IOException {
            requireNumber(row.getLong(1));
            byte[] bytes = row.getAs(4);
            int[] ids = new int[bytes.length / Integer.BYTES];
            PairedDocuments.littleEndian(bytes).asIntBuffer().get(ids);
            writer.write(new BertSample(ids, row.getInt(2), row.getBoolean(3)));
            next++;
        }

        Manifest.DataFile finish() throws IOException {
            requireNumber(end);
            Manifest.DataFile file = writer.finish();
            place.publish();
            complete = true;
            return file;
        }

        private void requireNumber(long number) {
            if (number != next) {
                throw new IllegalStateException(
                        place.name() + ": sample " + number + " of " + samples.split() + " follows instead of " + next);
            }
        }

        @Override
        public void close() throws IOException {
            if (!complete) {
                writer.close();
            }
            place.close();
        }
    }
}
