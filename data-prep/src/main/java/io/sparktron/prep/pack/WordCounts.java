package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceTraining;
import io.sparktron.tokenizer.WordPieceVocabulary;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Counts the words of the training split with Spark SQL and trains a vocabulary on them. The driver holds the {@value #MOST_WORDS} most frequent
 * words at most (of equally frequent ones the first by their bytes), so its memory is bounded whatever the corpus.
 */
final class WordCounts {
    static final int MOST_WORDS = 1 << 19;

    private static final StructType COUNTED =
            new StructType().add("word", DataTypes.StringType, false).add("count", DataTypes.LongType, false);

    private WordCounts() {}

    /** @param placed rows of {@link PlacedDocuments} */
    static WordPieceVocabulary train(Dataset<Row> placed, BertSettings settings) {
        Map<String, Long> counts = new LinkedHashMap<>();
        TrainingTexts.of(placed)
                .flatMap(new OfDocument(settings.lowerCase()), Encoders.row(COUNTED))
                .groupBy("word")
                .agg(functions.sum("count").as("count"))
                .orderBy(functions.col("count").desc(), functions.col("word"))
                .limit(MOST_WORDS)
                .collectAsList()
                .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
        return WordPieceTraining.train(counts, settings.vocabularySize());
    }

    private record OfDocument(boolean lowerCase) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            Map<String, Long> counts = new HashMap<>();
            WordPieceTokenizer.words(document.getString(0), lowerCase, word -> counts.merge(word, 1L, Long::sum));
            return new Mapped<>(
                    counts.entrySet().iterator(), entry -> RowFactory.create(entry.getKey(), entry.getValue()));
        }
    }
}
