package io.sparktron.prep.contamination;

import java.io.Serializable;

/** A set of hashes that may say yes of one that is not in it, to one of 16 to 32: a bit for each value of a hash's first bits, after spreading. */
final class HashFilter implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int BITS_PER_HASH = 16;

    private final long[] bits;
    private final int shift;

    /** @param hashes how many will be added */
    HashFilter(int hashes) {
        long size = Math.max(Long.SIZE, Long.highestOneBit(2L * BITS_PER_HASH * hashes - 1));
        bits = new long[(int) (size / Long.SIZE)];
        shift = Long.numberOfLeadingZeros(size) + 1;
    }

    void add(long hash) {
        long bit = spread(hash) >>> shift;
        bits[(int) (bit >>> 6)] |= 1L << bit;
    }

    boolean mayHold(long hash) {
        long bit = spread(hash) >>> shift;
        return (bits[(int) (bit >>> 6)] & 1L << bit) != 0;
    }

    private static long spread(long hash) {
        return hash * 0x9E3779B97F4A7C15L; // 2^64 / golden ratio: the first bits depend on all
    }
}
