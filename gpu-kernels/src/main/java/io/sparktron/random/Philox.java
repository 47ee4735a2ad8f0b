package io.sparktron.random;

/**
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a bijection of 128-bit counters under a 64-bit
 * key, ten rounds of two 32-bit multiplications. Equal counters give equal numbers, in any order and on any device.
 */
public final class Philox {
    /** 32-bit words of one block. */
    public static final int WORDS = 4;

    /** Rounds of the cipher. */
    public static final int ROUNDS = 10;
    /** What counter word 0 is multiplied with in each round, unsigned. */
    public static final int MULTIPLIER_0 = 0xD2511F53;
    /** What counter word 2 is multiplied with. */
    public static final int MULTIPLIER_2 = 0xCD9E8D57;
    /** Weyl step of key word 0 from round to round: the golden ratio as a fraction of 2^32. */
    public static final int WEYL_0 = 0x9E3779B9;
    /** Weyl step of key word 1: the square root of 3 less 1. */
    public static final int WEYL_1 = 0xBB67AE85;

    private static final long LOW = 0xFFFFFFFFL;

    private Philox() {}

    /**
     * Enciphers one counter.
     *
     * @param key the seed; its low half is key word 0
     * @param counter01 counter words 0 (low half) and 1
     * @param counter23 counter words 2 (low half) and 3
     * @param block receives the four words
     */
    public static void block(long key, long counter01, long counter23, int[] block) {
        int c0 = (int) counter01;
        int c1 = (int) (counter01 >>> 32);
        int c2 = (int) counter23;
        int c3 = (int) (counter23 >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = (c0 & LOW) * (MULTIPLIER_0 & LOW);
            long product2 = (c2 & LOW) * (MULTIPLIER_2 & LOW);
            c0 = (int) (product2 >>> 32) ^ c1 ^ k0;
            c1 = (int) product2;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        block[0] = c0;
        block[1] = c1;
        block[2] = c2;
        block[3] = c3;
    }
}
