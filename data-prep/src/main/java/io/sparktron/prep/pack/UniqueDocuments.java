package io.sparktron.prep.pack;

import io.sparktron.prep.read.DropReason;
import io.sparktron.prep.stage.Mapped;
import java.nio.ByteBuffer;
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
 * Documents in the order of their keys, deduplicated and assigned to a split. One shuffle brings equal documents together and all documents into
 * their order.
 */
public final class UniqueDocuments {
    public static final String TRAIN = "train";
    public static final String VALIDATION = "validation";

    public static final StructType SCHEMA = new StructType()
            .add("bucket", DataTypes.IntegerType, false)
            .add("fate", DataTypes.StringType, false) // train, validation, or name of a DropReason
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
                .mapPartitions(new Deduplicate(settings.validationFraction()), Encoders.row(SCHEMA));
    }

    public static boolean isDropped(Row document) {
        return document.isNullAt(5);
    }

    /** Which split a document goes to: the last 53 bits of its key are a uniform number in [0, 1). */
    public static String splitOf(byte[] key, double validationFraction) {
        double draw = (ByteBuffer.wrap(key).getLong(key.length - Long.BYTES) >>> 11) * 0x1p-53;
        return draw < validationFraction ? VALIDATION : TRAIN;
    }

    private record Deduplicate(double validationFraction) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> sorted) {
            return new Mapped<>(sorted, new Walk(validationFraction)::next);
        }
    }

    /** A walk along the documents of a partition in their order. */
    private static final class Walk {
        private final double validationFraction;
        private byte[] previousKey = {};

        Walk(double validationFraction) {
            this.validationFraction = validationFraction;
        }

        Row next(Row document) {
            byte[] key = document.getAs(1);
            if (!document.isNullAt(3)) {
                return row(document, document.getString(3), null);
            }
            if (Arrays.equals(key, previousKey)) {
                return row(document, DropReason.DUPLICATE.name(), null);
            }
            previousKey = key;
            return row(document, splitOf(key, validationFraction), document.getAs(5));
        }

        private static Row row(Row document, String fate, byte[] text) {
            return RowFactory.create(
                    document.getInt(0), fate, document.getString(2), document.getLong(4), document.get(1), text);
        }
    }
}
