package io.sparktron.prep.pack;

import io.sparktron.prep.read.DropReason;
import io.sparktron.prep.stage.Mapped;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Documents in the order of their keys, deduplicated. One shuffle brings equal documents together and all documents into
 * their order.
 */
public final class UniqueDocuments {
    private static final String KEPT = "kept";

    public static final StructType SCHEMA = new StructType()
            .add("bucket", DataTypes.IntegerType, false)
            .add("fate", DataTypes.StringType, false) // "kept", or name of a DropReason
            .add("location", DataTypes.StringType, false)
            .add("characters", DataTypes.LongType, false)
            .add("key", DataTypes.BinaryType, false)
            .add("text", DataTypes.BinaryType, true); // normalised, UTF-8; null if dropped

    private UniqueDocuments() {}

    /** @param documents rows of {@code Documents} */
    public static Dataset<Row> from(Dataset<Row> documents, PackSettings settings, int buckets) {
        return documents
                .repartitionById(buckets, functions.col("bucket"))
                // The location decides which of equal documents is kept.
                .sortWithinPartitions("bucket", "key", "location")
                .mapPartitions(new Deduplicate(), Encoders.row(SCHEMA));
    }

    /** With an id. */
    public static Dataset<Row> identified(Dataset<Row> unique) {
        return unique.withColumn("id", functions.xxhash64(functions.col("location")));
    }

    /** Those with a text, as {@link PackedDatasets} takes them. */
    public static Dataset<Row> kept(Dataset<Row> unique) {
        return identified(unique)
                .filter(functions.col("text").isNotNull())
                .select(
                        functions.col("id"),
                        functions.lit(0).as("source"),
                        functions.col("characters"),
                        functions.col("text"),
                        functions.lit(null).cast(DataTypes.LongType).as("cluster"),
                        functions
                                .lit(null)
                                .cast(DataTypes.createArrayType(DataTypes.IntegerType))
                                .as("cuts"));
    }

    private record Deduplicate() implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> sorted) {
            return new Mapped<>(sorted, new Walk()::next);
        }
    }

    /** A walk along the documents of a partition in their order. */
    private static final class Walk {
        private byte[] previousKey = {};

        Row next(Row document) {
            byte[] key = document.getAs(1);
            if (!document.isNullAt(3)) {
                return row(document, document.getString(3), null);
            }
            if (Arrays.equals(key, previousKey)) {
                return row(document, DropReason.DUPLICATE.name(), null);
            }
            previousKey = key;
            return row(document, KEPT, document.getAs(5));
        }

        private static Row row(Row document, String fate, byte[] text) {
            return RowFactory.create(
                    document.getInt(0), fate, document.getString(2), document.getLong(4), document.get(1), text);
        }
    }
}
