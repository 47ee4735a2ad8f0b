package io.sparktron.kernels.oracle;

import io.sparktron.kernels.Dropout;
import io.sparktron.random.Philox;

/** The mask of dropout, an element at a time. */
final class OracleDropout {
    private static final long WORD = 0xFFFFFFFFL;

    private OracleDropout() {}

    /** What element {@code element} of the sample at {@code position} is multiplied with: 0, or the scale. */
    static double factor(Dropout dropout, long position, long element) {
        if (!dropout.active()) {
            return 1;
        }
        int[] words = new int[Philox.WORDS];
        long counter = element / Philox.WORDS | (long) dropout.site() << Integer.SIZE;
        Philox.block(dropout.seed(), counter, position, words);
        long word = words[(int) (element % Philox.WORDS)] & WORD;
        return word >= dropout.threshold() ? dropout.scale() : 0;
    }
}
