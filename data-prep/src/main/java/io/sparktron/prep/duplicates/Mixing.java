package io.sparktron.prep.duplicates;

/** Mixing of 64-bit hashes. */
final class Mixing {
    /** 2^64 / golden ratio, odd: Weyl increment of SplitMix64. */
    static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Mixing() {}

    /** A bijection in which every bit of the result hangs on all bits of the argument: the finaliser of MurmurHash3 (Appleby, public domain). */
    static long mix(long h) {
        h = (h ^ (h >>> 33)) * 0xFF51AFD7ED558CCDL;
        h = (h ^ (h >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return h ^ (h >>> 33);
    }
}
