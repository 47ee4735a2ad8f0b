package io.sparktron.prep;

import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Documents in the order of the stream, deduplicated, assigned to a split and tokenized. One shuffle brings equal documents together and all
 * documents into their order; where a document begins in its split's stream is then its bucket's begin plus its offset.
 */
final class TokenizedDocuments {
    static final String TRAIN = "train";
    static final String VALIDATION = "validation";

    static final StructType SCHEMA = new StructType()
            .add("bucket", DataTypes.IntegerType, false)
            .add("fate", DataTypes.StringType, false) // train, validation, or name of a DropReason
            .add("location", DataTypes.StringType, false)
            .add("characters", DataTypes.LongType, false)
            .add("offset", DataTypes.LongType, false) // tokens of the same split before it in its bucket
            .add("tokens", DataTypes.IntegerType, false) // with end-of-text
            .add("ids", DataTypes.BinaryType, true); // [tokens] little-endian int32; null if dropped

    private TokenizedDocuments() {}

    static Dataset<Row> from(Dataset<Row> documents, PrepSettings settings, int buckets) {
        return documents
                .repartitionById(buckets, functions.col("bucket"))
                // The location decides which of equal documents is kept.
                .sortWithinPartitions("bucket", "key", "location")
                .mapPartitions(new Tokenize(settings.tokenizer(), settings.validationFraction()), Encoders.row(SCHEMA));
    }

    /** Which split a document goes to: the last 53 bits of its key are a uniform number in [0, 1). */
    static String splitOf(byte[] key, double validationFraction) {
        double draw = (ByteBuffer.wrap(key).getLong(key.length - Long.BYTES) >>> 11) * 0x1p-53;
        return draw < validationFraction ? VALIDATION : TRAIN;
    }

    private record Tokenize(String tokenizer, double validationFraction) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> sorted) {
            return new Mapped<>(sorted, new Walk(Tokenizers.named(tokenizer), validationFraction)::next);
        }
    }

    /** A walk along the documents of a partition in their order. */
    private static final class Walk {
        private final Tokenizer tokenizer;
        private final double validationFraction;
        private int bucket = -1;
        private byte[] previousKey = {};
        private final Map<String, Long> offsets = new HashMap<>();

        Walk(Tokenizer tokenizer, double validationFraction) {
            this.tokenizer = tokenizer;
            this.validationFraction = validationFraction;
        }

        Row next(Row document) {
            if (document.getInt(0) != bucket) {
                bucket = document.getInt(0);
                offsets.clear();
            }
            byte[] key = document.getAs(1);
            String location = document.getString(2);
            long characters = document.getLong(4);
            if (!document.isNullAt(3)) {
                return RowFactory.create(bucket, document.getString(3), location, characters, 0L, 0, null);
            }
            if (Arrays.equals(key, previousKey)) {
                return RowFactory.create(bucket, DropReason.DUPLICATE.name(), location, characters, 0L, 0, null);
            }
            previousKey = key;
            String split = splitOf(key, validationFraction);
            int[] ids = tokenizer.encode(new String(document.<byte[]>getAs(5), StandardCharsets.UTF_8));
            int tokens = ids.length + 1;
            long offset = offsets.getOrDefault(split, 0L);
            offsets.put(split, offset + tokens);
            return RowFactory.create(bucket, split, location, characters, offset, tokens, closed(ids));
        }

        /** The ids followed by end-of-text, as bytes. */
        private byte[] closed(int[] ids) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(ids.length + 1, Integer.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(ids).put(tokenizer.endOfText());
            return bytes.array();
        }
    }
}
