package io.sparktron.prep.duplicates;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The buckets above the cap, for the report: usually boilerplate that many documents share. Of buckets that begin with one document, the largest. */
public final class GiantBuckets {
    public static final int VERSION = 1;

    private static final int SAMPLE_CHARACTERS = 240;

    private GiantBuckets() {}

    /**
     * @param signatures rows of {@link Signatures}
     * @param documents {@code id, location, text} of these documents (others do no harm)
     * @return {@code documents BIGINT, location STRING, sample STRING}: the largest first, {@value NearDuplicates#MAX_GIANTS} at most
     */
    public static Dataset<Row> from(Dataset<Row> signatures, Dataset<Row> documents, DuplicateSettings settings) {
        return signatures
                .select(
                        Precedence.rank(col("characters"), col("priority")).as("rank"),
                        col("id"),
                        posexplode(col("bands")))
                .groupBy("pos", "col")
                .agg(count(lit(1)).as("documents"), min(struct("rank", "id")).as("first"))
                .where(col("documents").gt(settings.bucketCap()))
                .groupBy(col("first.id").as("id"))
                .agg(max("documents").as("documents"))
                .orderBy(col("documents").desc(), col("id"))
                .limit(NearDuplicates.MAX_GIANTS)
                .join(documents.select("id", "location", "text"), "id")
                .select(
                        col("documents"),
                        col("location"),
                        substring(col("text"), 1, SAMPLE_CHARACTERS).as("sample"))
                .orderBy(col("documents").desc(), col("location"));
    }
}
