package io.sparktron.prep.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.replace;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What became of each document before packing: a row per document, the join of what the stages dropped. Columns: {@code id BIGINT, kept BOOLEAN, stage
 * STRING, rule STRING, value DOUBLE, threshold DOUBLE, survivor BIGINT, cluster BIGINT, cuts ARRAY<INT>}; stage and what follows up to survivor are null for a
 * document that is kept.
 */
public final class Fates {
    public static final int VERSION = 1;

    public static final String READ = "read";
    public static final String FILTER = "filter";
    public static final String EXACT = "exact-duplicate";
    public static final String NEAR = "near-duplicate";
    public static final String CONTAMINATION = "contamination";
    public static final String PACK = "pack";

    /** In the order in which a document meets them. */
    static final List<String> STAGES = List.of(READ, FILTER, EXACT, NEAR, CONTAMINATION, PACK);

    private Fates() {}

    /**
     * @param documents {@code id, problem}
     * @param filtered {@code id, rule, value, threshold}
     * @param exact {@code id, survivor}
     * @param near {@code id, survivor, similarity, cluster}
     * @param contamination {@code id, hits, evaluation, ngram, cuts}
     * @param nearThreshold that similarity is over
     */
    public static Dataset<Row> from(
            Dataset<Row> documents,
            Dataset<Row> filtered,
            Dataset<Row> exact,
            Dataset<Row> near,
            Dataset<Row> contamination,
            double nearThreshold) {
        Dataset<Row> all = documents.select("id", "problem");
        all = joined(all, filtered, "filtered", "rule", "value", "threshold");
        all = joined(all, exact, "exact", "survivor");
        all = joined(all, near, "near", "survivor", "similarity", "cluster");
        all = joined(all, contamination, "contamination", "hits", "evaluation", "cuts");
        Column contaminated =
                col("contamination").isNotNull().and(col("contamination.cuts").isNull());
        Column fate = when(
                        col("problem").isNotNull(),
                        fate(READ, lower(replace(col("problem"), lit("_"), lit("-"))), lit(null), lit(null), lit(null)))
                .when(
                        col("filtered").isNotNull(),
                        fate(FILTER, col("filtered.rule"), col("filtered.value"), col("filtered.threshold"), lit(null)))
                .when(col("exact").isNotNull(), fate(EXACT, lit(EXACT), lit(1.0), lit(1.0), col("exact.survivor")))
                .when(
                        col("near.survivor").isNotNull(),
                        fate(NEAR, lit(NEAR), col("near.similarity"), lit(nearThreshold), col("near.survivor")))
                .when(
                        contaminated,
                        fate(
                                CONTAMINATION,
                                col("contamination.evaluation"),
                                col("contamination.hits").cast("double"),
                                lit(0.0),
                                lit(null)));
        return all.withColumn("fate", fate)
                .select(
                        col("id"),
                        col("fate").isNull().as("kept"),
                        col("fate.stage"),
                        col("fate.rule"),
                        col("fate.value"),
                        col("fate.threshold"),
                        col("fate.survivor"),
                        col("near.cluster"),
                        col("contamination.cuts"));
    }

    private static Column fate(String stage, Column rule, Column value, Column threshold, Column survivor) {
        return struct(
                lit(stage).as("stage"),
                rule.cast("string").as("rule"),
                value.cast("double").as("value"),
                threshold.cast("double").as("threshold"),
                survivor.cast("bigint").as("survivor"));
    }

    /** The columns of a table as a struct of its name; null where it has no row. */
    private static Dataset<Row> joined(
            Dataset<Row> all, Dataset<Row> table, String name, String first, String... more) {
        Column[] columns = new Column[more.length + 1];
        columns[0] = col(first);
        for (int i = 0; i < more.length; i++) {
            columns[i + 1] = col(more[i]);
        }
        return all.join(table.select(col("id"), struct(columns).as(name)), "id", "left_outer");
    }
}
