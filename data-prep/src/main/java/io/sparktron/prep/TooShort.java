package io.sparktron.prep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Documents under {@code prep.minimum-characters}, as rows of table {@code filtered}: the first of all rules. */
final class TooShort {
    /** How the rule reads, before its number. */
    static final String RULE = "characters >= ";

    private TooShort() {}

    /** @param documents {@code id, problem, characters} */
    static Dataset<Row> from(Dataset<Row> documents, int minimumCharacters) {
        return documents
                .where(col("problem").isNull().and(col("characters").lt(minimumCharacters)))
                .select(
                        col("id"),
                        lit(RULE + minimumCharacters).as("rule"),
                        col("characters").cast("double").as("value"),
                        lit((double) minimumCharacters).as("threshold"));
    }
}
