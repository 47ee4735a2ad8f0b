package io.sparktron.prep.report;

import java.util.List;

/**
 * How near duplicates were searched for, and how much of the evaluation texts is left in the training text.
 *
 * @param bands of a signature
 * @param rows of a band
 * @param curve the probability of being found, by similarity
 * @param buckets those over the cap, largest first
 * @param overlaps of evaluation files, in their order
 */
public record SearchReport(int bands, int rows, List<Point> curve, List<Bucket> buckets, List<Overlap> overlaps) {
    /** Where nothing was searched for. */
    public static final SearchReport NONE = new SearchReport(0, 0, List.of(), List.of(), List.of());

    /** @param similarity Jaccard, 0 to 1 */
    public record Point(double similarity, double found) {}

    /** @param text the beginning of one of its documents */
    public record Bucket(long documents, String location, String text) {}

    /**
     * @param evaluation file
     * @param ngrams distinct 8-grams in it
     * @param found of those, in the training text
     */
    public record Overlap(String evaluation, long ngrams, long found) {}

    public SearchReport {
        curve = List.copyOf(curve);
        buckets = List.copyOf(buckets);
        overlaps = List.copyOf(overlaps);
    }
}
