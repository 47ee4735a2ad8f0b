package io.sparktron.prep.pack;

import io.sparktron.prep.read.DropReason;
import io.sparktron.prep.stage.Mapped;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Documents with the samples that they give. */
record PairedDocuments(
        Broadcast<WordPieceVocabulary> vocabulary, boolean lowerCase, int sequence, double shortSequences)
        implements MapPartitionsFunction<Row, Row> {
    static final StructType SCHEMA = new StructType()
            .add("fate", DataTypes.StringType, false) // train, validation, or name of a DropReason
            .add("location", DataTypes.StringType, false)
            .add("characters", DataTypes.LongType, false)
            .add("key", DataTypes.BinaryType, false)
            .add("tokens", DataTypes.IntegerType, false) // without special ones
            .add("unused", DataTypes.IntegerType, false) // tokens in no sample
            .add("samples", DataTypes.BinaryType, true); // each: ids, second, swapped, ids [..], little-endian int32

    static final StructType SAMPLE = new StructType()
            .add("split", DataTypes.StringType, false)
            .add("bucket", DataTypes.IntegerType, false) // which of the equal ranges of keys
            .add("key", DataTypes.BinaryType, false) // 32 bytes, compared as unsigned
            .add("second", DataTypes.IntegerType, false)
            .add("swapped", DataTypes.BooleanType, false)
            .add("ids", DataTypes.BinaryType, false); // little-endian int32

    private static final int HEAD = 3;

    /** @param documents rows of {@link UniqueDocuments} */
    @Override
    public Iterator<Row> call(Iterator<Row> documents) {
        SentencePairs pairs = new SentencePairs(vocabulary.value(), lowerCase, sequence, shortSequences);
        return new Mapped<>(documents, document -> paired(document, pairs));
    }

    private static Row paired(Row document, SentencePairs pairs) {
        String fate = document.getString(1);
        byte[] key = document.getAs(4);
        if (UniqueDocuments.isDropped(document)) {
            return row(document, fate, 0, 0, null);
        }
        SentencePairs.Made made = pairs.of(key, new String(document.<byte[]>getAs(5), StandardCharsets.UTF_8));
        return made.samples().isEmpty()
                ? row(document, DropReason.ONE_SENTENCE.name(), 0, 0, null)
                : row(document, fate, made.tokens(), made.unused(), packed(made.samples()));
    }

    private static Row row(Row document, String fate, int tokens, int unused, byte[] samples) {
        return RowFactory.create(
                fate, document.getString(2), document.getLong(3), document.get(4), tokens, unused, samples);
    }

    private static byte[] packed(List<BertSample> samples) {
        int values = samples.stream()
                .mapToInt(sample -> HEAD + sample.tokens().length)
                .reduce(0, Math::addExact);
        ByteBuffer bytes = littleEndian(new byte[Math.multiplyExact(values, Integer.BYTES)]);
        IntBuffer ints = bytes.asIntBuffer();
        for (BertSample sample : samples) {
            ints.put(sample.tokens().length)
                    .put(sample.second())
                    .put(sample.swapped() ? 1 : 0)
                    .put(sample.tokens());
        }
        return bytes.array();
    }

    static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The samples of a document, a row each. */
    record Samples(int buckets) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            List<Row> rows = new ArrayList<>();
            if (document.isNullAt(6)) {
                return rows.iterator();
            }
            String split = document.getString(0);
            byte[] documentKey = document.getAs(3);
            ByteBuffer packed = littleEndian(document.getAs(6));
            while (packed.hasRemaining()) {
                byte[] ids = new byte[packed.getInt() * Integer.BYTES];
                int second = packed.getInt();
                boolean swapped = packed.getInt() == 1;
                packed.get(ids);
                byte[] key = KeyedDraws.digest(documentKey, -1 - rows.size()); // draws count from 0 up
                rows.add(RowFactory.create(split, Buckets.of(key, buckets), key, second, swapped, ids));
            }
            return rows.iterator();
        }
    }
}
