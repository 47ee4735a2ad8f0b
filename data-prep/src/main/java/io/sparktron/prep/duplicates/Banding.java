package io.sparktron.prep.duplicates;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A signature of {@code bands * rows} hashes, cut into bands: two documents become candidates where all rows of a band agree. A pair of Jaccard
 * index s is so found with probability 1 - (1 - s^rows)^bands, an S-curve with its knee near (1/bands)^(1/rows).
 */
public record Banding(int bands, int rows) implements Serializable {
    /** Hashes of a signature at most. */
    static final int MAX_HASHES = 1024;

    /** Where unwanted candidates are counted: at this part of the threshold ... */
    private static final double UNWANTED = 0.5;
    /** ... at most this part of the pairs may be found. */
    private static final double MAX_UNWANTED = 0.15;
    /** Pairs this much above the threshold ... */
    private static final double ABOVE = 0.1;
    /** ... are missed this many times less often than those at it, or rarer. */
    private static final double MISSED_LESS = 6;

    public Banding {
        if (bands < 1 || rows < 1 || bands > MAX_HASHES / rows) {
            throw new InvalidInputException("prep.duplicates.bands = " + bands + ", prep.duplicates.rows = " + rows
                    + ": must be 1 or more, and their product " + MAX_HASHES + " or less");
        }
    }

    /** @param bands 0, with {@code rows} = 0: solved */
    static Banding of(double threshold, double recall, int bands, int rows) {
        return bands > 0 ? new Banding(bands, rows) : solve(threshold, recall);
    }

    /**
     * The fewest hashes that find pairs at the threshold with probability {@code recall}, miss pairs 0.1 above it at most a sixth as often, and find at
     * most 15 % of the pairs at half the threshold (which cost a verification for nothing).
     */
    static Banding solve(double threshold, double recall) {
        Banding best = null;
        for (int rows = 1; rows <= MAX_HASHES; rows++) {
            int bands = 1;
            while (bands <= MAX_HASHES / rows && !new Banding(bands, rows).reaches(threshold, recall)) {
                bands++;
            }
            if (bands > MAX_HASHES / rows) {
                break; // more rows need more bands
            }
            Banding solution = new Banding(bands, rows);
            if (solution.found(threshold * UNWANTED) <= MAX_UNWANTED
                    && (best == null || solution.hashes() < best.hashes())) {
                best = solution;
            }
        }
        if (best == null) {
            throw new InvalidInputException("prep.duplicates.recall = " + recall + " at prep.duplicates.threshold = "
                    + threshold + ": needs more than " + MAX_HASHES
                    + " hashes; must be a lower recall or a higher threshold, or give prep.duplicates.bands and rows");
        }
        return best;
    }

    private boolean reaches(double threshold, double recall) {
        double missed = 1 - recall;
        return 1 - found(threshold) <= missed && 1 - found(Math.min(1, threshold + ABOVE)) <= missed / MISSED_LESS;
    }

    /** Hashes of a signature. */
    public int hashes() {
        return bands * rows;
    }

    /** Probability that a pair becomes a candidate. */
    public double found(double similarity) {
        return 1 - Math.pow(1 - Math.pow(similarity, rows), bands);
    }

    /** The S-curve, a line per 0.05 of similarity, for log and report. */
    public List<String> sCurve() {
        List<String> lines = new ArrayList<>();
        lines.add(bands + " bands x " + rows + " rows");
        lines.add("similarity  found");
        for (int step = 2; step <= 20; step++) {
            double similarity = step / 20.0;
            lines.add(String.format(Locale.ROOT, "      %.2f  %.6f", similarity, found(similarity)));
        }
        return lines;
    }
}
