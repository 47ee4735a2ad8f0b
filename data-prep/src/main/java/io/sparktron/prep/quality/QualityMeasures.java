package io.sparktron.prep.quality;

import io.sparktron.prep.stage.Mapped;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** All measured values of every document that has a text, a row each. Nothing here depends on a threshold, or on any other setting. */
public final class QualityMeasures {
    /** Raised when the same documents give other rows. */
    public static final int VERSION = 1;

    /** A column for each {@link Measure} follows the first three. */
    public static final StructType SCHEMA = schema();

    private static final int BEFORE_MEASURES = 3;

    private QualityMeasures() {}

    private static StructType schema() {
        StructType schema = new StructType()
                .add("id", DataTypes.LongType, false)
                .add("fold", DataTypes.BinaryType, false) // [16] equal for exact duplicates
                .add("language", DataTypes.StringType, false); // of ISO 639-1, or unknown
        for (String column : Measure.columns()) {
            schema = schema.add(column, DataTypes.DoubleType, false);
        }
        return schema;
    }

    /** @param documents with {@code id}, {@code problem} and {@code text}; those with a problem are left out */
    public static Dataset<Row> from(Dataset<Row> documents) {
        return documents
                .where(functions.col("problem").isNull())
                .select("id", "text")
                .mapPartitions(new Measuring(), Encoders.row(SCHEMA));
    }

    private record Measuring() implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> documents) {
            Measures measures = new Measures(Tokenizers.named(Gpt2Tokenizer.NAME));
            Fold fold = new Fold();
            LanguageIdentifier languages = new LanguageIdentifier();
            return new Mapped<>(
                    documents, document -> row(document.getLong(0), document.getString(1), measures, languages, fold));
        }

        private static Row row(long id, String text, Measures measures, LanguageIdentifier languages, Fold fold) {
            Language language = languages.of(text);
            double[] values = measures.of(text);
            values[Measure.LANGUAGE_SCORE.ordinal()] = language.score();
            Object[] row = new Object[BEFORE_MEASURES + values.length];
            row[0] = id;
            row[1] = fold.of(text);
            row[2] = language.code();
            for (int i = 0; i < values.length; i++) {
                row[BEFORE_MEASURES + i] = values[i];
            }
            return RowFactory.create(row);
        }
    }
}
