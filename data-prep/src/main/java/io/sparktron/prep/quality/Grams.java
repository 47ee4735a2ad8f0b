package io.sparktron.prep.quality;

import java.util.Arrays;

/**
 * How much of a text lies in n-grams of words that occur more than once, for n from 2 to 10. An n-gram can only occur twice if both of its (n-1)-grams do, and these two
 * identify it. So level n numbers the pairs of neighbours of level n-1, looks only at those that are left, and does nothing where nothing repeats any more.
 *
 * <pre>
 *   W  words of the text, at most {@value Words#MOST}
 *   n  length of the n-grams of a level
 * </pre>
 */
final class Grams {
    private static final int LARGEST_TOP = 4;
    private static final int LARGEST = 10;
    /** Words whose arrays are kept for the next text; beyond them memory goes back. */
    private static final int KEPT = 1 << 18;

    private final Ids grams = new Ids();
    private int[] ids = {}; // [W] of the n-gram that begins at a word; 0 = occurs once
    private int[] covered = {}; // [id] of the most frequent n-grams: characters in them
    private int[] coveredTo = {}; // [id] the word after the last occurrence

    /** Writes the measures of the words into {@code values}, by {@link Measure#ordinal}. */
    void measure(Words words, double[] values) {
        int characters = words.first() == 0 ? 0 : words.characters(0, words.first());
        int repeated = level1(words);
        for (int n = 2; n <= LARGEST; n++) {
            double fraction = (double) level(words, n, repeated) / characters;
            repeated = keepRepeated(words.first() - n + 1);
            values[(n <= LARGEST_TOP ? Measure.topGram(n) : Measure.duplicateGram(n)).ordinal()] = fraction;
        }
    }

    /** The words that occur more than once; returns how many. */
    private int level1(Words words) {
        if (ids.length < words.first() || ids.length > KEPT) {
            ids = new int[words.first()];
        }
        int repeated = 0;
        for (int i = 0; i < words.first(); i++) {
            int id = words.id(i);
            boolean again = words.occurrences(id) > 1;
            ids[i] = again ? id : 0;
            repeated += again ? 1 : 0;
        }
        return repeated;
    }

    /**
     * Numbers the n-grams.
     *
     * @param repeated (n-1)-grams that occur more than once
     * @return characters in the most frequent n-gram, or those in duplicates, each counted once
     */
    private int level(Words words, int n, int repeated) {
        grams.clear(repeated);
        int characters = 0;
        int end = 0; // of the duplicate before
        int last = repeated == 0 ? 0 : words.first() - n + 1;
        for (int i = 0; i < last; i++) {
            int id = ids[i] == 0 || ids[i + 1] == 0 ? 0 : grams.add((long) ids[i] << Integer.SIZE | ids[i + 1]);
            ids[i] = id;
            if (id != 0 && grams.count(id) > 1) {
                characters += words.characters(Math.max(i, end), i + n);
                end = i + n;
            }
        }
        return n > LARGEST_TOP ? characters : top(words, n, last);
    }

    /** Characters in the n-gram that occurs most often; of several the one with the most. 0 if none occurs twice. */
    private int top(Words words, int n, int last) {
        int most = 2;
        for (int id = 1; id <= grams.size(); id++) {
            most = Math.max(most, grams.count(id));
        }
        clearCovered();
        int top = 0;
        for (int i = 0; i < last; i++) {
            int id = ids[i];
            if (id != 0 && grams.count(id) == most) {
                covered[id] += words.characters(Math.max(i, coveredTo[id]), i + n);
                coveredTo[id] = i + n;
                top = Math.max(top, covered[id]);
            }
        }
        return top;
    }

    private void clearCovered() {
        int size = grams.size() + 1;
        if (covered.length < size || covered.length > KEPT) {
            covered = new int[size];
            coveredTo = new int[size];
        } else {
            Arrays.fill(covered, 0, size, 0);
            Arrays.fill(coveredTo, 0, size, 0);
        }
    }

    private int keepRepeated(int last) {
        int repeated = 0;
        for (int i = 0; i < last; i++) {
            if (ids[i] != 0) {
                boolean again = grams.count(ids[i]) > 1;
                ids[i] = again ? ids[i] : 0;
                repeated += again ? 1 : 0;
            }
        }
        return repeated;
    }
}
