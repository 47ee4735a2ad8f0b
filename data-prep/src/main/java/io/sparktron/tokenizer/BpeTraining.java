package io.sparktron.tokenizer;

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
 * Trains a byte-level byte-pair encoding on a corpus: Spark SQL counts its words, the driver merges. It holds the {@value #MOST_WORDS} most frequent words at most (of equally frequent
 * ones the first by their bytes), none longer than {@value BytePairTraining#LONGEST_WORD} characters, so its memory is bounded whatever the corpus; and the result does not depend on the corpus's order or partitions.
 */
public final class BpeTraining {
    /** To be raised when another vocabulary comes of the same texts. */
    public static final int VERSION = 1;

    static final int MOST_WORDS = 1 << 19;

    private static final StructType COUNTED =
            new StructType().add("word", DataTypes.StringType, false).add("count", DataTypes.LongType, false);

    private BpeTraining() {}

    /**
     * Reads the texts once.
     *
     * @param texts rows with a column {@code text} of strings; those without text are passed over
     * @param size of the vocabulary, 256 bytes and end-of-text included, at most; at least {@link BytePairVocabulary#SMALLEST}
     */
    public static BytePairVocabulary train(Dataset<Row> texts, int size) {
        Map<String, Long> counts = new LinkedHashMap<>();
        texts.select("text")
                .filter(functions.col("text").isNotNull())
                .flatMap(new OfDocument(), Encoders.row(COUNTED))
                .groupBy("word")
                .agg(functions.sum("count").as("count"))
                .orderBy(functions.col("count").desc(), functions.col("word"))
                .limit(MOST_WORDS)
                .collectAsList()
                .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
        return BytePairTraining.train(counts, size);
    }

    private static final class OfDocument implements FlatMapFunction<Row, Row> {
        private static final long serialVersionUID = 1L;

        @Override
        public Iterator<Row> call(Row document) {
            return BytePairTraining.count(document.getString(0)).entrySet().stream()
                    .map(entry -> RowFactory.create(entry.getKey(), entry.getValue()))
                    .iterator();
        }
    }
}
