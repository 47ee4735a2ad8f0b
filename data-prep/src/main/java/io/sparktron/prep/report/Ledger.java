package io.sparktron.prep.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The ledger: exactly one row per input document, with what was measured of it and what became of it. It is a Parquet table, {@code <output>/ledger}, that
 * answers with SQL why a document is not in the dataset.
 */
public final class Ledger {
    public static final int VERSION = 1;

    /** The folder below the output. */
    public static final String FOLDER = "ledger";

    /** Columns after those of documents and measures. */
    private static final List<String> OUTCOME = List.of(
            "kept",
            "stage",
            "rule",
            "value",
            "threshold",
            "survivor",
            "survivor_location",
            "cluster",
            "split",
            "copies",
            "stream_tokens");

    private Ledger() {}

    /**
     * @param documents {@code id, source, location, problem, bytes, characters ...}; their text is left out
     * @param measures a row per document with text: {@code id, fold, language} and a column per measure
     * @param fates rows of {@link Fates}
     * @param packed {@code id, split, copies, tokens, rule} of the documents that were kept until then
     * @param sources names of the sources
     */
    public static Dataset<Row> from(
            Dataset<Row> documents,
            Dataset<Row> measures,
            Dataset<Row> fates,
            Dataset<Row> packed,
            List<String> sources) {
        Dataset<Row> survivors =
                documents.select(col("id").as("survivor"), col("location").as("survivor_location"));
        Dataset<Row> packing = packed.select(
                col("id"),
                col("split"),
                col("copies"),
                col("tokens").multiply(col("copies")).cast("bigint").as("stream_tokens"),
                col("rule").as("unpacked"));
        Dataset<Row> all = documents
                .drop("text")
                .withColumn("source", name(sources))
                .join(measures, "id", "left_outer")
                .join(fates.drop("cuts").withColumnRenamed("rule", "dropped"), "id")
                .join(packing, "id", "left_outer")
                .join(survivors, "survivor", "left_outer")
                .withColumn("rule", coalesce(col("dropped"), col("unpacked")))
                .withColumn(
                        "stage",
                        when(col("unpacked").isNotNull(), lit(Fates.PACK)).otherwise(col("stage")))
                .withColumn("kept", col("kept").and(col("unpacked").isNull()));
        List<Column> columns = new ArrayList<>();
        for (String column : documents.drop("text").columns()) {
            columns.add(col(column));
        }
        for (String measure : measures.drop("id").columns()) {
            columns.add(col(measure));
        }
        for (String outcome : OUTCOME) {
            columns.add(col(outcome));
        }
        return all.select(columns.toArray(Column[]::new));
    }

    private static Column name(List<String> sources) {
        Column name = lit(null).cast("string");
        for (int i = sources.size() - 1; i >= 0; i--) {
            name = when(col("source").equalTo(i), lit(sources.get(i))).otherwise(name);
        }
        return name;
    }
}
