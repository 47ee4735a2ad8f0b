package io.sparktron.prep.pack;

import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/** Writes the files whose pieces a partition holds. */
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
        private final AttemptedFile place;
        private final SampleWriter writer;
        private final int[] sample = new int[stream.sequence() + 1];
        private int filled;
        private long position;
        private boolean complete;

        OneFile(int number) throws IOException {
            this.number = number;
            this.place = new AttemptedFile(folder, TokenStream.fileName(number), configuration.value());
            this.position = stream.begin(number);
            this.writer = new SampleWriter(
                    new Path(folder),
                    place.name(),
                    place.temporary(),
                    stream.firstSample(number),
                    stream.sequence(),
                    configuration.value());
        }

        void append(Row piece) throws IOException {
            if (piece.getLong(1) != position) {
                throw new IllegalStateException(place.name() + ": a piece begins at token " + piece.getLong(1)
                        + " of the " + stream.split() + " stream instead of " + position);
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
                throw new IllegalStateException(place.name() + " ends at token " + position + " of the "
                        + stream.split() + " stream instead of " + stream.end(number));
            }
            Manifest.DataFile file = writer.finish();
            place.publish();
            complete = true;
            return file;
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
