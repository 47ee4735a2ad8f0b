package io.sparktron.prep.quality;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;

/**
 * A document's language is one of these.
 *
 * @param languages codes of ISO 639-1, or {@code unknown}
 */
public record LanguageRule(List<String> languages, String set) implements Rule {
    @Override
    public String text() {
        return "language in [" + String.join(", ", languages) + "]";
    }

    @Override
    public Column fails() {
        return functions.not(functions.col("language").isin(languages.toArray()));
    }

    /** The certainty of the language that was found. */
    @Override
    public Column valueColumn() {
        return functions.col(Measure.LANGUAGE_SCORE.column());
    }

    @Override
    public Column thresholdColumn() {
        return functions.lit(null).cast(DataTypes.DoubleType);
    }
}
