package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The documents of a split, all their copies, in the order of the stream: by key, and where equal texts have equal keys by id. Where a document begins in the stream is its
 * bucket's begin plus its offset.
 */
final class StreamedDocuments {
    static final StructType SCHEMA = new StructType()
            .add("bucket", DataTypes.IntegerType, false)
            .add("offset", DataTypes.LongType, false) // tokens before it in its bucket
            .add("ids", DataTypes.BinaryType, false); // little-endian int32

    private static final StructType COPIES = new StructType()
            .add("bucket", DataTypes.IntegerType, false) // which of the equal ranges of keys
            .add("key", DataTypes.BinaryType, false)
            .add("id", DataTypes.LongType, false)
            .add("ids", DataTypes.BinaryType, false);

    private StreamedDocuments() {}

    /** @param made rows of {@link MadeDocuments} */
    static Dataset<Row> from(Dataset<Row> made, Copying copying, String split, int buckets) {
        return MadeDocuments.of(made, split)
                .select("id", "source", "split", "key", "made")
                .flatMap(new Copies(copying, buckets), Encoders.row(COPIES))
                .repartitionById(buckets, functions.col("bucket"))
                .sortWithinPartitions("bucket", "key", "id")
                .mapPartitions(new Offsets(), Encoders.row(SCHEMA));
    }

    private record Copies(Copying copying, int buckets) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            List<Row> copies = new ArrayList<>();
            for (byte[] key : copying.keys(document)) {
                copies.add(RowFactory.create(Buckets.of(key, buckets), key, document.get(0), document.get(4)));
            }
            return copies.iterator();
        }
    }

    private record Offsets() implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> sorted) {
            int[] bucket = {-1};
            long[] next = {0};
            return new Mapped<>(sorted, copy -> {
                if (copy.getInt(0) != bucket[0]) {
                    bucket[0] = copy.getInt(0);
                    next[0] = 0;
                }
                byte[] ids = copy.getAs(3);
                long offset = next[0];
                next[0] += ids.length / Integer.BYTES;
                return RowFactory.create(bucket[0], offset, ids);
            });
        }
    }
}
