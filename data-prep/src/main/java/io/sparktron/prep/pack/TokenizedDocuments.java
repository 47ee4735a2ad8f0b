package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Documents in the order of the stream, tokenized. Where a document begins in its split's stream is its bucket's begin plus its offset.
 */
final class TokenizedDocuments {
    static final StructType SCHEMA = new StructType()
            .add("bucket", DataTypes.IntegerType, false)
            .add("fate", DataTypes.StringType, false) // train, validation, or name of a DropReason
            .add("location", DataTypes.StringType, false)
            .add("characters", DataTypes.LongType, false)
            .add("offset", DataTypes.LongType, false) // tokens of the same split before it in its bucket
            .add("tokens", DataTypes.IntegerType, false) // with end-of-text
            .add("ids", DataTypes.BinaryType, true); // [tokens] little-endian int32; null if dropped

    private TokenizedDocuments() {}

    /** @param documents rows of {@link UniqueDocuments}, in their order */
    static Dataset<Row> from(Dataset<Row> documents, PackSettings settings) {
        return documents.mapPartitions(new Tokenize(settings.tokenizer()), Encoders.row(SCHEMA));
    }

    private record Tokenize(String tokenizer) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> documents) {
            return new Mapped<>(documents, new Walk(Tokenizers.named(tokenizer))::next);
        }
    }

    /** A walk along the documents of a partition in their order. */
    private static final class Walk {
        private final Tokenizer tokenizer;
        private int bucket = -1;
        private final Map<String, Long> offsets = new HashMap<>();

        Walk(Tokenizer tokenizer) {
            this.tokenizer = tokenizer;
        }

        Row next(Row document) {
            if (document.getInt(0) != bucket) {
                bucket = document.getInt(0);
                offsets.clear();
            }
            String fate = document.getString(1);
            String location = document.getString(2);
            long characters = document.getLong(3);
            if (UniqueDocuments.isDropped(document)) {
                return RowFactory.create(bucket, fate, location, characters, 0L, 0, null);
            }
            int[] ids = tokenizer.encode(new String(document.<byte[]>getAs(5), StandardCharsets.UTF_8));
            int tokens = ids.length + 1;
            long offset = offsets.getOrDefault(fate, 0L);
            offsets.put(fate, offset + tokens);
            return RowFactory.create(bucket, fate, location, characters, offset, tokens, closed(ids));
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
