package io.sparktron.prep;

import io.sparktron.storage.Storage;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes the files whose pieces a partition holds. A file is written under a name of the task attempt's own and renamed when it is complete,
 * so attempts never write to one file, and a lost one leaves nothing that could pass for a data file. On an object store a file is there only when it is complete: an attempt
 * that is lost leaves nothing, and of two that are not the later replaces the same bytes.
 */
record WriteFiles(TokenStream stream, String folder, SerializableConfiguration configuration)
        implements MapPartitionsFunction<Row, Row> {
    static final StructType WRITTEN = new StructType()
            .add("path", DataTypes.StringType, false)
            .add("firstSample", DataTypes.LongType, false)
            .add("samples", DataTypes.LongType, false)
            .add("sha256", DataTypes.StringType, false)
            .add("bytes", DataTypes.LongType, false);

    static Manifest.DataFile dataFile(Row row) {
        return new Manifest.DataFile(
                row.getString(0), row.getLong(1), row.getLong(2), row.getString(3), row.getLong(4));
    }

    /** @param pieces rows of {@link Packing#PIECE}, by file and start */
    @Override
    public Iterator<Row> call(Iterator<Row> pieces) throws IOException {
        List<Row> written = new ArrayList<>();
        Row piece = pieces.hasNext() ? pieces.next() : null;
        while (piece != null) {
            int number = piece.getInt(0);
            try (OneFile file = new OneFile(number)) {
                while (piece != null && piece.getInt(0) == number) {
                    file.append(piece);
                    piece = pieces.hasNext() ? pieces.next() : null;
                }
                Manifest.DataFile done = file.finish();
                written.add(RowFactory.create(
                        done.path(), done.firstSample(), done.samples(), done.sha256(), done.bytes()));
            }
        }
        return written.iterator();
    }

    /** A file in the making: collects tokens until they are a sample. */
    private final class OneFile implements AutoCloseable {
        private final int number;
        private final String name;
        private final Path written;
        private final boolean renamed;
        private final FileSystem files;
        private final SampleWriter writer;
        private final int[] sample = new int[stream.sequence() + 1];
        private int filled;
        private long position;
        private boolean complete;

        OneFile(int number) throws IOException {
            Configuration hadoop = configuration.value();
            this.number = number;
            this.name = TokenStream.fileName(number);
            Path target = new Path(folder, name);
            this.renamed = Storage.growsFiles(target, hadoop);
            String attempt = renamed ? "." + name + "." + TaskContext.get().taskAttemptId() : name;
            this.written = new Path(folder, attempt);
            this.files = written.getFileSystem(hadoop);
            this.position = stream.begin(number);
            this.writer = new SampleWriter(
                    new Path(folder), name, attempt, stream.firstSample(number), stream.sequence(), hadoop);
        }

        void append(Row piece) throws IOException {
            if (piece.getLong(1) != position) {
                throw new IllegalStateException(name + ": a piece begins at token " + piece.getLong(1) + " of the "
                        + stream.split() + " stream instead of " + position);
            }
            IntBuffer ids = ByteBuffer.wrap(piece.<byte[]>getAs(2))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asIntBuffer();
            position += ids.remaining();
            while (ids.hasRemaining()) {
                int count = Math.min(ids.remaining(), sample.length - filled);
                ids.get(sample, filled, count);
                filled += count;
                if (filled == sample.length) {
                    writer.write(sample);
                    sample[0] = sample[filled - 1]; // the next sample begins with the last target of this one
                    filled = 1;
                }
            }
        }

        Manifest.DataFile finish() throws IOException {
            if (position != stream.end(number)) {
                throw new IllegalStateException(name + " ends at token " + position + " of the " + stream.split()
                        + " stream instead of " + stream.end(number));
            }
            Manifest.DataFile file = writer.finish();
            Path target = new Path(folder, name);
            // An earlier attempt that was thought lost wrote the same bytes.
            if (renamed && !files.exists(target) && !files.rename(written, target)) {
                throw new IOException("Cannot rename " + written + " to " + target);
            }
            complete = true;
            return file;
        }

        @Override
        public void close() throws IOException {
            if (!complete) {
                writer.close();
            }
            if (renamed) {
                files.delete(written, false);
            }
        }
    }
}
