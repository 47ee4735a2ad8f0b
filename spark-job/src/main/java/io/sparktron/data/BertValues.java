package io.sparktron.data;

import io.sparktron.tokens.BertSample;
import java.util.Arrays;

/** How a sample of BERT lies in an array of ints: [4 + 2 s], with room for the longest and for labels. */
final class BertValues {
    static final int LENGTH = 0;
    static final int SECOND = 1;
    static final int SWAPPED = 2;
    static final int LABELLED = 3;
    static final int TOKENS = 4; // [s], then labels [s]

    private BertValues() {}

    static int count(int sequence) {
        return Math.addExact(TOKENS, Math.multiplyExact(2, sequence));
    }

    static BertSample sample(int[] values, int offset, int sequence) {
        int tokens = offset + TOKENS;
        int labels = tokens + sequence;
        int length = values[offset + LENGTH];
        return new BertSample(
                Arrays.copyOfRange(values, tokens, tokens + length),
                values[offset + SECOND],
                values[offset + SWAPPED] == 1,
                values[offset + LABELLED] == 1 ? Arrays.copyOfRange(values, labels, labels + length) : null);
    }
}
