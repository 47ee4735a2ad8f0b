package io.sparktron.prep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.sparktron.prep.read.DropReason;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Documents under {@code prep.minimum-characters}, as rows of table {@code filtered}: the first of all rules. */
final class TooShort {
    private TooShort() {}

    /** @param documents {@code id, problem, characters} */
    static Dataset<Row> from(Dataset<Row> documents, int minimumCharacters) {
        return documents
                .where(col("problem").isNull().and(col("characters").lt(minimumCharacters)))
                .select(
                        col("id"),
                        lit(DropReason.TOO_SHORT.label()).as("rule"),
                        col("characters").cast("double").as("value"),
                        lit((double) minimumCharacters).as("threshold"));
    }
}
