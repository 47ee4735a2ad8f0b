package io.sparktron.prep.contamination;

/**
 * A walk along the words of a text that knows, at each word, the 64-bit hash of the last n words for every n up to a longest one, and where in the
 * text they stand. It makes no object per word.
 *
 * <p>With w1, w2 ... the hashes of the words, the walk keeps P(i) = P(i-1) * B + w(i) modulo 2^64 for the last words; the hash of words i-n+1 ... i
 * is P(i) - P(i-n) * B^n (Karp and Rabin). Equal words have equal hashes; who needs the reverse compares the words.
 */
final class NGrams {
    static final int LONGEST = 64;

    private static final long BASE = 0xD1342543DE82EF95L; // odd; known from linear congruential generators
    private static final long[] POWERS = new long[LONGEST + 1];

    static {
        POWERS[0] = 1;
        for (int n = 1; n <= LONGEST; n++) {
            POWERS[n] = POWERS[n - 1] * BASE;
        }
    }

    private final String text;
    /** Rings: P(i) at i, and where word i begins at i. */
    private final long[] prefixes;

    private final int[] starts;
    private final int mask;
    private int words;
    private int position;
    private int end;

    /** @param longest the largest n that will be asked for, 1 ... {@link #LONGEST} */
    NGrams(String text, int longest) {
        this.text = text;
        int ring = Integer.highestOneBit(longest) << 1;
        prefixes = new long[ring];
        starts = new int[ring];
        mask = ring - 1;
    }

    /** Goes on by one word; false if there is none. */
    boolean next() {
        int length = text.length();
        int at = position;
        int point = 0;
        int folded = Words.BETWEEN;
        while (at < length) {
            point = text.codePointAt(at);
            folded = Words.fold(point);
            if (folded > 0) {
                break;
            }
            at += Character.charCount(point);
        }
        if (at >= length) {
            position = length;
            return false;
        }
        starts[words + 1 & mask] = at;
        boolean alone = Words.isAlone(folded);
        long hash = folded;
        at += Character.charCount(point);
        end = at;
        while (!alone && at < length) {
            point = text.codePointAt(at);
            folded = Words.fold(point);
            if (folded == Words.BETWEEN || Words.isAlone(folded)) {
                break;
            }
            at += Character.charCount(point);
            if (folded != Words.IGNORED) {
                hash = hash * BASE + folded;
                end = at;
            }
        }
        position = at;
        long before = prefixes[words & mask];
        words++;
        prefixes[words & mask] = before * BASE + mixed(hash);
        return true;
    }

    /** Words passed so far. */
    int words() {
        return words;
    }

    /** The hash of the last n words, which must have been passed. */
    long hash(int n) {
        return prefixes[words & mask] - prefixes[words - n & mask] * POWERS[n];
    }

    /** Where the last n words begin, in UTF-16 units. */
    int start(int n) {
        return starts[words - n + 1 & mask];
    }

    /** Where the last word ends, in UTF-16 units. */
    int end() {
        return end;
    }

    /** Spreads every bit over all 64 (the finalizer of SplitMix64), so that sums of products of such numbers do not meet by their structure. */
    private static long mixed(long hash) {
        long spread = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
        spread = (spread ^ spread >>> 27) * 0x94D049BB133111EBL;
        return spread ^ spread >>> 31;
    }
}
