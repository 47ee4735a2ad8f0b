package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
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

/** Documents with the samples that they give: in {@code made}, each as number of ids, second, swapped, ids. */
record PairedDocuments(
        Broadcast<WordPieceVocabulary> vocabulary, boolean lowerCase, int sequence, double shortSequences)
        implements MapPartitionsFunction<Row, Row> {
    static final StructType SAMPLE = new StructType()
            .add("bucket", DataTypes.IntegerType, false) // which of the equal ranges of keys
            .add("key", DataTypes.BinaryType, false) // 32 bytes, compared as unsigned
            .add("id", DataTypes.LongType, false) // of the document
            .add("second", DataTypes.IntegerType, false)
            .add("swapped", DataTypes.BooleanType, false)
            .add("ids", DataTypes.BinaryType, false); // little-endian int32

    private static final int HEAD = 3;

    /** @param placed rows of {@link PlacedDocuments} */
    @Override
    public Iterator<Row> call(Iterator<Row> placed) {
        SentencePairs pairs = new SentencePairs(vocabulary.value(), lowerCase, sequence, shortSequences);
        return new Mapped<>(placed, document -> paired(document, pairs));
    }

    private static Row paired(Row document, SentencePairs pairs) {
        SentencePairs.Made made = pairs.of(document.getAs(4), Pieces.of(document, 5, 6));
        return made.samples().isEmpty()
                ? MadeDocuments.row(document, 0, 0, 0, null)
                : MadeDocuments.row(
                        document, made.tokens(), made.unused(), made.samples().size(), packed(made.samples()));
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

    private static byte[] sampleKey(byte[] copyKey, int number) {
        return KeyedDraws.digest(copyKey, -1 - number); // draws count from 0 up
    }

    /** How many samples of a document fall into each range of keys; a row per sample. */
    record Units(Copying copying, int buckets) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            List<Row> rows = new ArrayList<>();
            int samples = document.getInt(4);
            for (byte[] copy : samples == 0 ? List.<byte[]>of() : copying.keys(document)) {
                for (int i = 0; i < samples; i++) {
                    rows.add(RowFactory.create(document.get(2), Buckets.of(sampleKey(copy, i), buckets), 1L));
                }
            }
            return rows.iterator();
        }
    }

    /** The samples of a document, a row each; those of each copy have keys of their own. */
    record Samples(Copying copying, int buckets) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            List<Row> rows = new ArrayList<>();
            for (byte[] copy : copying.keys(document)) {
                ByteBuffer packed = littleEndian(document.getAs(4));
                for (int i = 0; packed.hasRemaining(); i++) {
                    byte[] ids = new byte[packed.getInt() * Integer.BYTES];
                    int second = packed.getInt();
                    boolean swapped = packed.getInt() == 1;
                    packed.get(ids);
                    byte[] key = sampleKey(copy, i);
                    rows.add(RowFactory.create(Buckets.of(key, buckets), key, document.get(0), second, swapped, ids));
                }
            }
            return rows.iterator();
        }
    }
}
