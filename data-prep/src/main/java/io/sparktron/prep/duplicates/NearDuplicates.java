package io.sparktron.prep.duplicates;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Near duplicates. What is dropped is what this would drop: go through the documents in order of precedence, and keep each, unless one that is kept
 * already shares a bucket (a band of the signature) with it, has a {@link Sketch} that admits it, and shares more than the threshold of its shingles;
 * its survivor is the first such. So every dropped document was verified against its survivor, the survivor is kept, and a chain A - B - C of
 * neighbours does not drop C for A's sake.
 *
 * <p>It is done in rounds over all buckets at once ({@link BucketWalk}): the first documents of a bucket, 1 in the first round and 8 times as many in each
 * further one, are compared with all later ones ({@link Verification}); then {@link Settlement} tells who is kept and dropped, and the dropped leave the
 * buckets. So true duplicates, which nearly all leave after the first comparison, cost work linear in their number; in a bucket of documents
 * that only look alike the number of sketches compared is the square of its size, at most of the cap, and the rounds are about log8(cap).
 *
 * <p>A bucket above the cap is compared with 1, 8, then {@value #GIANT_CENTRES} centres per round as long as it is above it, in
 * {@value #GIANT_ROUNDS} rounds; what is left of it then is given up: its documents are dropped only if another bucket shows them to be duplicates.
 */
public final class NearDuplicates {
    /** Raised when the rows of the table change. */
    public static final int VERSION = 2;

    /** Giant buckets that are told, at most. */
    public static final int MAX_GIANTS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(NearDuplicates.class);
    private static final int GIANT_CENTRES = 64;
    private static final int GIANT_ROUNDS = 4;
    /** Centres grow eightfold from round to round. */
    private static final int GROWTH_BITS = 3;

    private static final int SAMPLE_CHARACTERS = 200;

    /**
     * Up to where the driver does what Spark would need rounds for.
     *
     * @param driverPairs similar pairs that it settles or clusters, some 100 bytes each
     * @param finishPairs pairs in the rest of the buckets that it verifies, some microseconds each
     * @param giantRounds rounds after which buckets above the cap are given up
     */
    record Limits(long driverPairs, long finishPairs, int giantRounds) {
        static final Limits DEFAULT = new Limits(500_000, 2_000_000, GIANT_ROUNDS);
    }

    /**
     * @param near {@code id, survivor, similarity, cluster} of every document in a verified pair above the threshold
     * @param giants the largest buckets above the cap, {@value #MAX_GIANTS} at most
     */
    public record Found(Dataset<Row> near, List<GiantBucket> giants, Counts counts) {}

    /**
     * @param compared documents that share a bucket with others and are not told apart by their sketches at once
     * @param verified pairs whose Jaccard index was computed (again where two rounds met them)
     * @param similar those above the threshold
     * @param giants buckets above the cap
     */
    public record Counts(long compared, long verified, long similar, int rounds, long giants) {}

    private final DuplicateSettings settings;
    private final Dataset<Row> texts;
    private final Limits limits;
    private final Lineage lineage;

    private Dataset<Row> sets;
    private Dataset<Row> similar;
    private Dataset<Row> decided;
    private long verified;

    private NearDuplicates(Dataset<Row> texts, DuplicateSettings settings, Limits limits) {
        this.settings = settings;
        this.texts = texts;
        this.limits = limits;
        this.lineage = new Lineage(
                texts.sparkSession().sparkContext().getCheckpointDir().isDefined());
    }

    /**
     * @param signatures rows of {@link Signatures}
     * @param documents {@code id, text} of these documents (others do no harm)
     */
    public static Found from(Dataset<Row> signatures, Dataset<Row> documents, DuplicateSettings settings) {
        return from(signatures, documents, settings, Limits.DEFAULT);
    }

    static Found from(Dataset<Row> signatures, Dataset<Row> documents, DuplicateSettings settings, Limits limits) {
        return new NearDuplicates(documents.select("id", "text"), settings, limits).find(signatures);
    }

    private Found find(Dataset<Row> signatures) {
        SparkSession spark = signatures.sparkSession();
        decided = spark.createDataFrame(List.of(), Settlement.DECIDED);
        Dataset<Row> walked = walk(buckets(signatures), 1);
        Dataset<Row> giants = walked.filter(col("kind").equalTo(BucketWalk.GIANT));
        long compared = collectSets(walked);
        int round = 1;
        while (true) {
            Dataset<Row> rest = walked.filter(col("kind").equalTo(BucketWalk.REST));
            compare(walked, rest, round);
            if (rest.isEmpty()) {
                break;
            }
            Dataset<Row> left = lineage.cut(withoutDropped(rest));
            if (finish(left, rest)) {
                break;
            }
            walked = walk(left, ++round);
        }
        Counts counts = new Counts(compared, verified, similar.count(), round, giants.count());
        return new Found(near(), largest(giants), counts);
    }

    private static Dataset<Row> buckets(Dataset<Row> signatures) {
        return signatures
                .select(
                        col("id"),
                        Precedence.rank(col("characters"), col("priority")).as("rank"),
                        col("sketch"),
                        posexplode(col("bands")).as(new String[] {"band", "bucket"}))
                .select(
                        col("bucket"),
                        col("band"),
                        col("rank"),
                        col("id"),
                        lit(null).cast("bigint").as("other_rank"),
                        lit(null).cast("bigint").as("other"),
                        col("sketch"));
    }

    private Dataset<Row> walk(Dataset<Row> buckets, int round) {
        int centres = 1 << Math.min(GROWTH_BITS * (round - 1), 20);
        BucketWalk walk = new BucketWalk(
                Sketch.of(settings),
                settings.bucketCap(),
                centres,
                Math.min(centres, GIANT_CENTRES),
                round >= limits.giantRounds(),
                round == 1);
        return lineage.cut(walk.over(buckets));
    }

    /** The shingles of all documents that are compared now or may be later, once. */
    private long collectSets(Dataset<Row> walked) {
        Dataset<Row> pairs = walked.filter(col("kind").equalTo(BucketWalk.EDGE));
        Dataset<Row> rest = walked.filter(col("kind").equalTo(BucketWalk.REST));
        Dataset<Row> ids = pairs.select("id")
                .union(pairs.select(col("other").as("id")))
                .union(rest.select("id"))
                .distinct();
        sets = lineage.cut(Verification.sets(texts.join(ids, new String[] {"id"}, "left_semi"), settings));
        return sets.count();
    }

    private void compare(Dataset<Row> walked, Dataset<Row> rest, int round) {
        Dataset<Row> pairs = walked.filter(col("kind").equalTo(BucketWalk.EDGE))
                .select(
                        col("id").as("member"),
                        col("rank").as("member_rank"),
                        col("other").as("centre"),
                        col("other_rank").as("centre_rank"));
        Dataset<Row> compared = lineage.cut(Verification.of(pairs, sets));
        Dataset<Row> more = compared.filter(col("similarity").gt(settings.threshold()));
        similar = round == 1 ? more : lineage.cut(similar.union(more).distinct());
        Dataset<Row> open = rest.filter(col("open")).select("id").distinct();
        decided = Settlement.settle(similar, decided, open, lineage, limits.driverPairs());
        long pairsNow = compared.count();
        verified += pairsNow;
        LOG.info("near duplicates, round {}: {} pairs verified", round, pairsNow);
    }

    /** Does the rest on the driver if there is little of it. */
    private boolean finish(Dataset<Row> left, Dataset<Row> rest) {
        if (limits.finishPairs() == 0) {
            return false;
        }
        Dataset<Row> pending = Settlement.pending(
                similar, decided, rest.filter(col("open")).select("id").distinct());
        LocalFinish.Finished finished = LocalFinish.of(left, pending, sets, settings, limits.finishPairs());
        if (finished == null) {
            return false;
        }
        SparkSession spark = left.sparkSession();
        decided = lineage.cut(decided.union(spark.createDataFrame(finished.decided(), Settlement.DECIDED)));
        similar = lineage.cut(similar.union(spark.createDataFrame(finished.similar(), Verification.VERIFIED)));
        verified += finished.verified();
        LOG.info("near duplicates: the rest, {} pairs, verified by the driver", finished.verified());
        return true;
    }

    /** The rest of the buckets, in which the dropped are marked. */
    private Dataset<Row> withoutDropped(Dataset<Row> rest) {
        Dataset<Row> dropped = decided.filter(not(col("kept"))).select("id", "survivor_rank", "survivor");
        return rest.join(dropped, new String[] {"id"}, "left")
                .select(
                        col("bucket"),
                        col("band"),
                        col("rank"),
                        col("id"),
                        col("survivor_rank").as("other_rank"),
                        col("survivor").as("other"),
                        col("sketch"));
    }

    private Dataset<Row> near() {
        Dataset<Row> dropped = decided.filter(not(col("kept"))).select("id");
        Dataset<Row> survivors = similar.join(
                        dropped.select(col("id").as("centre")), new String[] {"centre"}, "left_anti")
                .join(dropped.select(col("id").as("member")), new String[] {"member"}, "left_semi")
                .groupBy(col("member").as("id"))
                .agg(min(struct("centre_rank", "centre", "similarity")).as("first"));
        return Components.of(
                        similar.select(col("member").as("a"), col("centre").as("b")), lineage, limits.driverPairs())
                .join(survivors, new String[] {"id"}, "left")
                .select(
                        col("id"),
                        col("first.centre").as("survivor"),
                        col("first.similarity").as("similarity"),
                        col("cluster"));
    }

    private List<GiantBucket> largest(Dataset<Row> giants) {
        Dataset<Row> largest = giants.select(col("band"), col("other").as("size"), col("id"), col("bucket"))
                .orderBy(col("size").desc(), col("band"), col("bucket"))
                .limit(MAX_GIANTS);
        return largest
                .join(texts, "id")
                .orderBy(col("size").desc(), col("band"), col("bucket"))
                .select(col("band"), col("size"), col("id"), substring(col("text"), 1, SAMPLE_CHARACTERS))
                .collectAsList()
                .stream()
                .map(row -> new GiantBucket(row.getInt(0), row.getLong(1), row.getLong(2), row.getString(3)))
                .toList();
    }
}
