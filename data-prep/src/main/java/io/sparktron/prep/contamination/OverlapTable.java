package io.sparktron.prep.contamination;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How much of each evaluation file the training text holds: the share of its distinct 8-grams that occur there. The GPT-2 paper measures it so,
 * and Megatron-LM reports at most 10.8 % for the test set of WikiText-103 (9.09 % occur in that set's own training part) and 1.4 % for LAMBADA.
 * Both used Bloom filters, which count a few too many; here the words are compared.
 */
public final class OverlapTable {
    /** Raised whenever the rows change for equal input. */
    public static final int VERSION = 1;

    /** Words of an n-gram, as in both papers. */
    public static final int NGRAM = 8;

    public static final StructType SCHEMA = new StructType()
            .add("evaluation", DataTypes.StringType, false) // file
            .add("texts", DataTypes.LongType, false)
            .add("ngrams", DataTypes.LongType, false) // distinct
            .add("found", DataTypes.LongType, false) // of these, in the training text
            .add("fraction", DataTypes.DoubleType, false); // found / ngrams; 0 if there are none

    private static final StructType NUMBERS = new StructType().add("ngram", DataTypes.IntegerType, false);

    private OverlapTable() {}

    /**
     * A row for each evaluation file, in their order.
     *
     * @param training columns {@code text} and {@code cuts} of the documents that are kept; null = nothing is cut
     * @param evaluation columns {@code location} and {@code text}
     */
    public static Dataset<Row> from(Dataset<Row> training, Dataset<Row> evaluation) {
        EvaluationTexts texts = EvaluationTexts.collect(evaluation);
        EvaluationNGrams ngrams = EvaluationNGrams.of(texts, NGRAM, NGRAM);
        BitSet found = new BitSet();
        training.select("text", "cuts")
                .where(functions.col("text").isNotNull())
                .mapPartitions(new Search(Suspects.broadcast(training, ngrams)), Encoders.row(NUMBERS))
                .distinct()
                .toLocalIterator()
                .forEachRemaining(row -> found.set(row.getInt(0)));
        return training.sparkSession().createDataFrame(rows(texts, ngrams, found), SCHEMA);
    }

    private static List<Row> rows(EvaluationTexts texts, EvaluationNGrams ngrams, BitSet found) {
        List<Row> rows = new ArrayList<>();
        int next = 0;
        while (next < texts.size()) {
            String file = texts.file(next);
            BitSet own = new BitSet();
            int first = next;
            for (; next < texts.size() && texts.file(next).equals(file); next++) {
                ngrams.find(texts.folded(next), (ngram, from, to) -> own.set(ngram));
            }
            long all = own.cardinality();
            own.and(found);
            long there = own.cardinality();
            rows.add(RowFactory.create(file, (long) next - first, all, there, all == 0 ? 0.0 : (double) there / all));
        }
        return rows;
    }

    /** The n-grams of a partition, each once: at most all evaluation n-grams, a bit each. */
    private record Search(Broadcast<EvaluationNGrams> evaluation) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> documents) {
            BitSet seen = new BitSet();
            while (documents.hasNext()) {
                for (String piece : pieces(documents.next())) {
                    evaluation.value().find(piece, (ngram, from, to) -> seen.set(ngram));
                }
            }
            return seen.isEmpty()
                    ? Collections.emptyIterator()
                    : seen.stream().mapToObj(ngram -> RowFactory.create(ngram)).iterator();
        }

        private static List<String> pieces(Row document) {
            String text = document.getString(0);
            return document.isNullAt(1) ? List.of(text) : Cuts.apply(text, document.getList(1));
        }
    }
}
