package io.sparktron.prep.duplicates;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How duplicates are found.
 *
 * @param exact whether documents of equal folded text are dropped
 * @param near whether near duplicates are dropped
 * @param shingle units of a shingle
 * @param threshold documents that share <em>more</em> than this part of their shingles (Jaccard index) are near duplicates
 * @param recall probability that a pair at the threshold is found; of pairs 0.1 above it at most a sixth as many are missed
 * @param bands bands of the signature; 0: solved from threshold and recall
 * @param rows hashes of a band; 0: solved likewise
 * @param bucketCap documents of a bucket above which it is compared in bounded work and reported
 */
public record DuplicateSettings(
        boolean exact,
        boolean near,
        int shingle,
        ShingleUnit unit,
        double threshold,
        double recall,
        int bands,
        int rows,
        int bucketCap)
        implements Serializable {

    /** The paper's: word 5-grams, Jaccard above 0.7. */
    public static final DuplicateSettings DEFAULT =
            new DuplicateSettings(true, true, 5, ShingleUnit.WORDS, 0.7, 0.97, 0, 0, 2000);

    private static final int MAX_SHINGLE = 1000;

    public DuplicateSettings {
        require(shingle >= 1 && shingle <= MAX_SHINGLE, "shingle", shingle, "1 to " + MAX_SHINGLE);
        require(threshold > 0 && threshold < 1, "threshold", threshold, "above 0 and below 1");
        require(recall > 0 && recall < 1, "recall", recall, "above 0 and below 1");
        require(bands >= 0 && bands <= Banding.MAX_HASHES, "bands", bands, "0 (solved) to " + Banding.MAX_HASHES);
        require(rows >= 0 && rows <= Banding.MAX_HASHES, "rows", rows, "0 (solved) to " + Banding.MAX_HASHES);
        require((bands == 0) == (rows == 0), "rows", rows, "given with prep.duplicates.bands (= " + bands + ") or not");
        require(bucketCap >= 2, "bucket-cap", bucketCap, "2 or more");
        if (near) {
            Banding.of(threshold, recall, bands, rows);
        }
    }

    /** Bands and rows of the signatures. */
    public Banding banding() {
        return Banding.of(threshold, recall, bands, rows);
    }

    /** All that changes the rows of a stage, by key. */
    public Map<String, String> asMap() {
        Map<String, String> map = new TreeMap<>();
        map.put("prep.duplicates.exact", Boolean.toString(exact));
        map.put("prep.duplicates.near", Boolean.toString(near));
        map.put("prep.duplicates.shingle", Integer.toString(shingle));
        map.put("prep.duplicates.unit", unit.key());
        map.put("prep.duplicates.threshold", Double.toString(threshold));
        map.put("prep.duplicates.recall", Double.toString(recall));
        map.put("prep.duplicates.bands", Integer.toString(bands));
        map.put("prep.duplicates.rows", Integer.toString(rows));
        map.put("prep.duplicates.bucket-cap", Integer.toString(bucketCap));
        return map;
    }

    private static void require(boolean legal, String key, Object value, String range) {
        if (!legal) {
            throw new InvalidInputException(
                    String.format(Locale.ROOT, "prep.duplicates.%s = %s: must be %s", key, value, range));
        }
    }
}
