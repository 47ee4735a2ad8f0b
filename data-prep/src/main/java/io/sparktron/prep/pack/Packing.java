package io.sparktron.prep.pack;

import io.sparktron.tokens.Manifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Packs a token stream into samples and files. Every document is cut where a file ends, the pieces of a file are brought together in their
 * order, and the file's task writes its samples one after the other; the token on a border goes to both files. So the bytes of a file depend
 * on the stream alone.
 */
final class Packing {
    static final StructType PIECE = new StructType()
            .add("file", DataTypes.IntegerType, false)
            .add("start", DataTypes.LongType, false) // position in the stream
            .add("ids", DataTypes.BinaryType, false); // little-endian int32

    private Packing() {}

    /**
     * Writes the files of a stream.
     *
     * @param documents rows of {@link StreamedDocuments}
     * @param folder receives the files
     * @return the files in name order
     */
    static List<Manifest.DataFile> write(
            Dataset<Row> documents, TokenStream stream, Path folder, Configuration configuration) {
        List<Row> written = documents
                .flatMap(new Cut(stream), Encoders.row(PIECE))
                .repartitionById(stream.files(), functions.col("file"))
                .sortWithinPartitions("file", "start")
                .mapPartitions(
                        new WriteFiles(stream, folder.toString(), new SerializableConfiguration(configuration)),
                        Encoders.row(WriteFiles.WRITTEN))
                .collectAsList();
        return written.stream()
                .map(WriteFiles::dataFile)
                .sorted(Comparator.comparing(Manifest.DataFile::path))
                .toList();
    }

    /** Cuts a document at the borders of files. */
    record Cut(TokenStream stream) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            long start = stream.bucketStart()[document.getInt(0)] + document.getLong(1);
            byte[] ids = document.getAs(2);
            long end = start + ids.length / Integer.BYTES;
            long tokensPerFile = (long) stream.samplesPerFile() * stream.sequence();
            List<Row> pieces = new ArrayList<>();
            // The file before may end with the first token of this document.
            for (int file = (int) Math.max(0, (start - 1) / tokensPerFile);
                    file < stream.files() && stream.begin(file) < end;
                    file++) {
                long from = Math.max(start, stream.begin(file));
                long to = Math.min(end, stream.end(file));
                if (from < to) {
                    pieces.add(RowFactory.create(file, from, slice(ids, from - start, to - start)));
                }
            }
            return pieces.iterator();
        }

        private static byte[] slice(byte[] ids, long from, long to) {
            return Arrays.copyOfRange(ids, (int) from * Integer.BYTES, (int) to * Integer.BYTES);
        }
    }
}
