package io.sparktron.kernels;

import io.sparktron.random.Philox;

/**
 * Inverted dropout (Srivastava et al. 2014) whose mask is a function of what is dropped and where it stands in the run, never of how the work is
 * divided: a kept value is multiplied with {@link #scale}, any other becomes zero. The mask is not stored; whoever needs it again draws it again.
 *
 * <p>Element e of one sample has word {@code e mod 4} of the {@link Philox} block with key {@code seed} and counter words {@code e div 4}, {@code site},
 * and the sample's position in the run, low half and high half. It is kept if that word, unsigned, is at least {@link #threshold}. Elements are counted row-major
 * in the tensor that no rank has a part of, with rows padded to a multiple of 4: {@code position * pad4(h) + column} in [s, h],
 * {@code (head * s + query) * pad4(s) + key} in [a, s, s] of all heads.
 *
 * @param probability of being dropped, from 0 to below 1
 * @param seed of the run
 * @param site which of the model's masks it is, from {@link DropoutSite}
 */
public record Dropout(double probability, long seed, int site) {
    /** Everything is kept as it is. */
    public static final Dropout NONE = new Dropout(0, 0, 0);

    /** A word of a block has so many values. */
    private static final double WORDS = 0x1p32;

    private static final long LARGEST_WORD = 0xFFFFFFFFL;

    public Dropout {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException(
                    "the dropout probability is " + probability + ", must be at least 0 and below 1");
        }
    }

    /** Whether anything is ever dropped. */
    public boolean active() {
        return probability > 0;
    }

    /** The smallest word that is kept: the first that is not below p 2^32, at most 2^32 - 1. */
    public long threshold() {
        return Math.min((long) Math.ceil(probability * WORDS), LARGEST_WORD);
    }

    /** What a kept value is multiplied with. */
    public float scale() {
        return (float) (1 / (1 - probability));
    }

    /** Elements of a row with its padding. */
    public static long paddedRow(long columns) {
        return (columns + Philox.WORDS - 1) / Philox.WORDS * Philox.WORDS;
    }
}
