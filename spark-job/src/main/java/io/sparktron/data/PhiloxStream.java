package io.sparktron.data;

import io.sparktron.random.Philox;

/** A sequence of random numbers for one sample at one position of the run, from {@link Philox}. */
final class PhiloxStream {
    /** What the numbers are for: no site of dropout, and no round of the sample order, has this counter word. */
    static final int MASKING = -1;

    private final long key;
    private final long site;
    private final long position;
    private final int[] block = new int[Philox.WORDS];
    private long used;

    /**
     * @param site counter word 1
     * @param position counter words 2 and 3
     */
    PhiloxStream(long key, int site, long position) {
        this.key = key;
        this.site = (long) site << Integer.SIZE;
        this.position = position;
    }

    /** A number of {@code 0 ... bound - 1}, each with probability 1/bound up to 2^-32. */
    int below(int bound) {
        int word = (int) (used % Philox.WORDS);
        if (word == 0) {
            Philox.block(key, site | used / Philox.WORDS, position, block);
        }
        used++;
        return (int) (Integer.toUnsignedLong(block[word]) * bound >>> Integer.SIZE);
    }

    /** {@code 0 ... size - 1} in drawn order (Fisher and Yates). */
    int[] permutation(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = below(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
