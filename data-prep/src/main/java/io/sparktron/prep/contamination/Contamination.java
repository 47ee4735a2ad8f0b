package io.sparktron.prep.contamination;

import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What becomes of the documents that quote evaluation texts: a row for each that is dropped or cut.
 *
 * <p>An n-gram that occurs in more than {@link ContaminationSettings#common} of the documents is spared, as in GPT-3: most of those are common
 * phrases, licences and other boilerplate, not leaks. The first pass over the {@link Suspects} counts them; a document all of whose n-grams are
 * spared has no row.
 */
public final class Contamination {
    /** Raised whenever the rows change for equal input and settings. */
    public static final int VERSION = 1;

    public static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("hits", DataTypes.IntegerType, false) // places in the text where an n-gram stands that is not spared
            .add("evaluation", DataTypes.StringType, false) // file of the first hit's n-gram: the first that has it
            .add("ngram", DataTypes.StringType, false) // its words, folded
            // For Cuts.apply; null = the document is dropped whole
            .add("cuts", DataTypes.createArrayType(DataTypes.IntegerType, false), true);

    private Contamination() {}

    /**
     * @param suspects rows of {@link Suspects}, found with the same evaluation texts and settings; read twice
     * @param evaluation columns {@code location} and {@code text}
     */
    public static Dataset<Row> from(Dataset<Row> suspects, Dataset<Row> evaluation, ContaminationSettings settings) {
        if (settings.isOff()) {
            return suspects.sparkSession().emptyDataset(Encoders.row(SCHEMA));
        }
        EvaluationNGrams ngrams = Suspects.ngrams(evaluation, settings);
        BitSet spared = spared(suspects, settings.common());
        return suspects.select("id", "text")
                .flatMap(
                        new Decide(
                                Suspects.broadcast(suspects, ngrams), Suspects.broadcast(suspects, spared), settings),
                        Encoders.row(SCHEMA));
    }

    /** Numbers of the n-grams that occur in too many documents to mean something; at most all evaluation n-grams, a bit each. */
    private static BitSet spared(Dataset<Row> suspects, int common) {
        BitSet spared = new BitSet();
        if (common > 0) {
            suspects.select(functions.explode(functions.col("ngrams")).as("ngram"))
                    .groupBy("ngram")
                    .count()
                    .where(functions.col("count").gt(common))
                    .select("ngram")
                    .toLocalIterator()
                    .forEachRemaining(row -> spared.set(row.getInt(0)));
        }
        return spared;
    }

    private record Decide(
            Broadcast<EvaluationNGrams> evaluation, Broadcast<BitSet> spared, ContaminationSettings settings)
            implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row suspect) {
            String text = suspect.getString(1);
            EvaluationNGrams ngrams = evaluation.value();
            BitSet common = spared.value();
            Found found = new Found();
            ngrams.find(text, (ngram, from, to) -> {
                if (!common.get(ngram)) {
                    found.add(ngram, from, to);
                }
            });
            if (found.hits == 0) {
                return Collections.emptyIterator();
            }
            List<Integer> cuts =
                    settings.policy() == ContaminationSettings.Policy.CUT ? Cuts.of(text, found.spans, settings) : null;
            return List.of(RowFactory.create(
                            suspect.getLong(0),
                            found.hits,
                            ngrams.file(found.first),
                            ngrams.words(found.first),
                            cuts == null ? null : cuts.toArray(Integer[]::new)))
                    .iterator();
        }
    }

    private static final class Found {
        private final Spans spans = new Spans();
        private int hits;
        private int first;

        void add(int ngram, int from, int to) {
            if (hits++ == 0) {
                first = ngram;
            }
            spans.add(from, to);
        }
    }
}
