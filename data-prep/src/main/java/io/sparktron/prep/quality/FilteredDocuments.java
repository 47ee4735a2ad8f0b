package io.sparktron.prep.quality;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The documents that fail a rule, with the first that each fails. No text is read, so that another threshold costs next to nothing. */
public final class FilteredDocuments {
    /** Raised when the same measures and settings give other rows. */
    public static final int VERSION = 1;

    private static final StructType FAILED = new StructType()
            .add("rule", DataTypes.StringType) // as in the configuration, such as "tokens >= 128"
            .add("value", DataTypes.DoubleType)
            .add("threshold", DataTypes.DoubleType); // null where the rule has none: language in [...]

    /** {@code id}, and of the first failed rule {@code rule, value, threshold}. */
    public static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType) // as stored tables are read: Spark takes every column of theirs for nullable
            .add(FAILED.apply("rule"))
            .add(FAILED.apply("value"))
            .add(FAILED.apply("threshold"));

    private FilteredDocuments() {}

    /** @param measures rows of {@link QualityMeasures} */
    public static Dataset<Row> from(Dataset<Row> measures, QualitySettings settings) {
        return measures.select(
                        functions.col("id"), firstFailed(settings.inOrder()).as("failed"))
                .where(functions.col("failed").isNotNull())
                .select("id", "failed.rule", "failed.value", "failed.threshold")
                .to(SCHEMA);
    }

    /** A struct (rule, value, threshold) of the first of {@code rules} that a row fails; null if it fails none. */
    private static Column firstFailed(List<Rule> rules) {
        Column first = functions.lit(null).cast(FAILED);
        for (int i = rules.size() - 1; i >= 0; i--) {
            Rule rule = rules.get(i);
            Column failed = functions.struct(
                    functions.lit(rule.text()).as("rule"),
                    rule.valueColumn().as("value"),
                    rule.thresholdColumn().as("threshold"));
            first = functions.when(rule.fails(), failed).otherwise(first);
        }
        return first;
    }
}
