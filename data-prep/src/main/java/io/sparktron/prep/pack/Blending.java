package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import io.sparktron.tokens.InvalidInputException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Decides how often each source's documents stand in the training split. A source's part of the tokens is some copies of all its documents and a rest; for the rest its
 * documents are taken in the order of their draws, until their tokens are as near to it as whole documents allow: off by half a document at most. The driver sums up ranges of draws first, and looks
 * at the documents of that one range only in which the rest ends.
 */
final class Blending {
    /** A source that is read more often than this is a mistake of the configuration. */
    static final int MOST_COPIES = 1000;

    private static final int RANGES = 1 << 12;
    private static final StructType DRAWN = new StructType()
            .add("source", DataTypes.IntegerType, false)
            .add("range", DataTypes.IntegerType, false)
            .add("draw", DataTypes.BinaryType, false)
            .add("id", DataTypes.LongType, false)
            .add("tokens", DataTypes.LongType, false);

    private final Dataset<Row> drawn;
    private final BlendSettings settings;

    private Blending(Dataset<Row> made, BlendSettings settings) {
        this.drawn = MadeDocuments.of(made, Splits.TRAIN)
                .select("id", "source", "key", "tokens")
                .mapPartitions(new Draws(), Encoders.row(DRAWN));
        this.settings = settings;
    }

    /** @param made rows of {@link MadeDocuments} */
    static Copying plan(Dataset<Row> made, BlendSettings settings) {
        return settings.isNatural() ? Copying.ONCE : new Blending(made, settings).plan();
    }

    private Copying plan() {
        int sources = settings.sources().size();
        long[][] ranges = new long[sources][RANGES];
        for (Row row :
                drawn.groupBy("source", "range").agg(functions.sum("tokens")).collectAsList()) {
            ranges[row.getInt(0)][row.getInt(1)] = row.getLong(2);
        }
        long[] available =
                Arrays.stream(ranges).mapToLong(of -> Arrays.stream(of).sum()).toArray();
        long all = Arrays.stream(available).sum();
        if (all == 0) {
            return Copying.ONCE; // a split without a sample is refused later
        }
        long[] parts = settings.parts(settings.tokens() > 0 ? settings.tokens() : all);
        int[] copies = new int[sources];
        long[] rests = new long[sources];
        for (int i = 0; i < sources; i++) {
            copies[i] = copies(i, parts[i], available[i]);
            rests[i] = parts[i] % available[i];
        }
        return new Copying(quotas(copies, rests, ranges));
    }

    private int copies(int source, long part, long available) {
        String name = settings.sources().get(source);
        if (available == 0) {
            throw new InvalidInputException(BlendSettings.key(name) + " = "
                    + settings.weights().get(source)
                    + ", and the training split has no document of that source; legal: "
                    + "a source of which documents are kept");
        }
        long copies = part / available;
        if (copies >= MOST_COPIES) {
            throw new InvalidInputException(BlendSettings.key(name) + " = "
                    + settings.weights().get(source) + " would repeat its " + available + " tokens " + copies
                    + " times; legal: fewer than " + MOST_COPIES + ", by a smaller weight or prep.blend-tokens");
        }
        return (int) copies;
    }

    private List<Copying.Quota> quotas(int[] copies, long[] rests, long[][] ranges) {
        int[] crossed = new int[rests.length];
        long[] left = rests.clone(); // of the rest in the crossed range
        for (int i = 0; i < rests.length; i++) {
            while (left[i] >= ranges[i][crossed[i]]) {
                left[i] -= ranges[i][crossed[i]++];
            }
        }
        List<Row> documents = drawn.filter(functions
                        .element_at(
                                functions.lit(crossed), functions.col("source").plus(1))
                        .equalTo(functions.col("range")))
                .collectAsList();
        List<Copying.Quota> quotas = new ArrayList<>();
        for (int i = 0; i < rests.length; i++) {
            quotas.add(quota(i, copies[i], crossed[i], left[i], documents));
        }
        return quotas;
    }

    private static Copying.Quota quota(int source, int copies, int range, long left, List<Row> documents) {
        List<Row> inOrder = documents.stream()
                .filter(row -> row.getInt(0) == source)
                .sorted(Comparator.<Row, byte[]>comparing(row -> row.getAs(2), Arrays::compareUnsigned)
                        .thenComparing(row -> row.getLong(3)))
                .toList();
        // All documents of the ranges before are taken, whatever is taken of this one.
        byte[] lastDraw = range == 0 ? null : endOf(range - 1);
        long lastId = Long.MAX_VALUE;
        long missing = left;
        for (Row row : inOrder) {
            long tokens = row.getLong(4);
            if (Math.abs(missing - tokens) >= missing) {
                break;
            }
            missing -= tokens;
            lastDraw = row.getAs(2);
            lastId = row.getLong(3);
        }
        return new Copying.Quota(copies, lastDraw, lastId);
    }

    private static int rangeOf(byte[] draw) {
        return Buckets.of(draw, RANGES);
    }

    /** The largest draw of a range. */
    private static byte[] endOf(int range) {
        byte[] end = new byte[32];
        Arrays.fill(end, (byte) 0xff);
        ByteBuffer.wrap(end).putInt((range + 1) * (int) ((1L << Integer.SIZE) / RANGES) - 1);
        return end;
    }

    private record Draws() implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> documents) {
            return new Mapped<>(documents, document -> {
                byte[] draw = Copying.draw(document.getAs(2));
                return RowFactory.create(document.get(1), rangeOf(draw), draw, document.get(0), document.get(3));
            });
        }
    }
}
