package io.sparktron.prep.duplicates;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Documents of equal folded text: all but the first by precedence are dropped. */
public final class ExactDuplicates {
    /** Raised when the rows of the table change. */
    public static final int VERSION = 1;

    private ExactDuplicates() {}

    /**
     * @param measures {@code id, fold}
     * @param documents {@code id, characters, priority} of the documents that passed the filters
     * @return {@code id, survivor}: a row for each dropped document
     */
    public static Dataset<Row> from(Dataset<Row> measures, Dataset<Row> documents) {
        Dataset<Row> folds = documents
                .join(measures.select("id", "fold"), "id")
                .select(
                        col("fold"),
                        Precedence.rank(col("characters"), col("priority")).as("rank"),
                        col("id"));
        Dataset<Row> survivors = folds.groupBy("fold")
                .agg(
                        functions.min(functions.struct("rank", "id")).as("first"),
                        functions.count("*").as("copies"))
                .filter(col("copies").gt(1))
                .select(col("fold"), col("first.id").as("survivor"));
        return folds.join(survivors, "fold")
                .filter(col("id").notEqual(col("survivor")))
                .select("id", "survivor");
    }
}
