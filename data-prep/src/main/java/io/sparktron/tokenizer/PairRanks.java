package io.sparktron.tokenizer;

import java.util.Arrays;

/** The rank of each pair of neighbouring tokens that may be merged: an open-addressed hash table without boxes. */
final class PairRanks {
    /** What a pair that may not be merged has. */
    static final int NONE = Integer.MAX_VALUE;

    private static final long FREE = -1;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L; // 2^64 / golden ratio

    private final long[] keys;
    private final int[] ranks;
    private final int shift;

    /** @param most pairs that will be put */
    PairRanks(int most) {
        int bits = 2 + Integer.SIZE - Integer.numberOfLeadingZeros(most); // a quarter full to a half
        keys = new long[1 << bits];
        ranks = new int[1 << bits];
        shift = Long.SIZE - bits;
        Arrays.fill(keys, FREE);
    }

    /** Whether the pair was new; an old one keeps its rank. */
    boolean put(int left, int right, int rank) {
        int slot = slot(left, right);
        if (keys[slot] != FREE) {
            return false;
        }
        keys[slot] = key(left, right);
        ranks[slot] = rank;
        return true;
    }

    int rank(int left, int right) {
        int slot = slot(left, right);
        return keys[slot] == FREE ? NONE : ranks[slot];
    }

    /** The pair's slot, or the free one where it would stand. */
    private int slot(int left, int right) {
        long key = key(left, right);
        int slot = (int) (key * SPREAD >>> shift);
        while (keys[slot] != key && keys[slot] != FREE) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }

    private static long key(int left, int right) {
        return (long) left << Integer.SIZE | right;
    }
}
