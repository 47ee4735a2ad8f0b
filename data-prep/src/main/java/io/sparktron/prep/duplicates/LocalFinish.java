package io.sparktron.prep.duplicates;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;

/** The rest of the rounds on the driver, document by document in order of precedence, once little is left. */
final class LocalFinish {
    /** Shingles that the driver holds, at most. */
    private static final long MAX_BYTES = 64 << 20;

    private record Key(long rank, long id) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byRank = Long.compare(rank, other.rank);
            return byRank != 0 ? byRank : Long.compare(id, other.id);
        }
    }

    private static final class Document {
        private Boolean kept; // null: undecided
        private Key survivor;
        private long[] sketch;
        private final List<Long> buckets = new ArrayList<>();
        private final List<Key> similar = new ArrayList<>(); // that precede it
    }

    private final Map<Key, Document> documents = new TreeMap<>();
    private final Map<Long, TreeSet<Key>> kept = new HashMap<>(); // by bucket
    private final Map<Long, ShingleSet> sets = new HashMap<>();
    private final double threshold;
    private final Sketch sketch;

    private final List<Row> decided = new ArrayList<>();
    private final List<Row> similar = new ArrayList<>();
    private long verified;

    private LocalFinish(DuplicateSettings settings) {
        this.threshold = settings.threshold();
        this.sketch = Sketch.of(settings);
    }

    /** New rows of {@link Settlement#DECIDED} and of {@link Verification#VERIFIED} above the threshold, and the number of pairs compared. */
    record Finished(List<Row> decided, List<Row> similar, long verified) {}

    /**
     * @param rest what is left in the buckets, rows of {@link BucketWalk#BUCKETS} with the dropped marked
     * @param pending pairs that {@link Settlement} could not decide
     * @param sets {@code id, shingles}
     * @param maxPairs pairs in the rest, and pending, up to which it is done
     * @return null if more than that is left
     */
    static Finished of(
            Dataset<Row> rest, Dataset<Row> pending, Dataset<Row> sets, DuplicateSettings settings, long maxPairs) {
        Row pairs = rest.groupBy("bucket")
                .count()
                .agg(sum(col("count").multiply(col("count").minus(1)).divide(2)).cast("bigint"))
                .head();
        if ((pairs.isNullAt(0) ? 0 : pairs.getLong(0)) > maxPairs || pending.count() > maxPairs) {
            return null;
        }
        Dataset<Row> needed =
                sets.join(functions.broadcast(rest.select("id").distinct()), new String[] {"id"}, "left_semi");
        Row bytes = needed.agg(sum(length(col("shingles")))).head();
        if (!bytes.isNullAt(0) && bytes.getLong(0) > MAX_BYTES) {
            return null;
        }
        LocalFinish finish = new LocalFinish(settings);
        needed.collectAsList().forEach(row -> finish.sets.put(row.getLong(0), ShingleSet.of(row.<byte[]>getAs(1))));
        rest.collectAsList().forEach(finish::addRest);
        pending.collectAsList().forEach(finish::addPending);
        finish.documents.forEach(finish::decide);
        return new Finished(finish.decided, finish.similar, finish.verified);
    }

    private void addRest(Row row) {
        Document document = at(row.getLong(2), row.getLong(3));
        document.buckets.add(row.getLong(0));
        document.sketch = Sketch.unpack(row.<byte[]>getAs(6));
        if (!row.isNullAt(5)) {
            document.kept = false;
            document.survivor = new Key(row.getLong(4), row.getLong(5));
        }
    }

    private void addPending(Row pair) {
        Document centre = at(pair.getLong(4), pair.getLong(3));
        if (pair.getBoolean(6)) {
            centre.kept = true;
        }
        at(pair.getLong(1), pair.getLong(0)).similar.add(new Key(pair.getLong(4), pair.getLong(3)));
    }

    private ShingleSet shingles(Key key) {
        ShingleSet set = sets.get(key.id);
        if (set == null) {
            throw new IllegalStateException("document " + key.id + " has a signature but no text");
        }
        return set;
    }

    private Document at(long rank, long id) {
        return documents.computeIfAbsent(new Key(rank, id), key -> new Document());
    }

    private void decide(Key key, Document document) {
        boolean was = document.kept != null;
        if (!was || !document.kept) {
            for (Key other : document.similar) {
                if (documents.get(other).kept
                        && (document.survivor == null || other.compareTo(document.survivor) < 0)) {
                    document.survivor = other;
                }
            }
            findEarlier(key, document);
        }
        if (!was) {
            document.kept = document.survivor == null;
            Long rank = document.kept ? null : (Long) document.survivor.rank;
            Long id = document.kept ? null : (Long) document.survivor.id;
            decided.add(RowFactory.create(key.id, document.kept, rank, id));
        }
        if (document.kept) {
            document.buckets.forEach(bucket ->
                    kept.computeIfAbsent(bucket, any -> new TreeSet<>()).add(key));
        }
    }

    /** The first similar one of its buckets that is kept and precedes the survivor known so far. */
    private void findEarlier(Key key, Document document) {
        TreeSet<Key> candidates = new TreeSet<>();
        for (long bucket : document.buckets) {
            TreeSet<Key> there = kept.getOrDefault(bucket, new TreeSet<>());
            candidates.addAll(document.survivor == null ? there : there.headSet(document.survivor));
        }
        for (Key candidate : candidates) {
            if (!sketch.admits(document.sketch, documents.get(candidate).sketch)) {
                continue;
            }
            double similarity = shingles(candidate).jaccard(shingles(key));
            verified++;
            if (similarity > threshold) {
                document.survivor = candidate;
                similar.add(RowFactory.create(key.id, key.rank, candidate.id, candidate.rank, similarity));
                return;
            }
        }
    }
}
