package io.sparktron.tokenizer;

import java.io.Serializable;

/**
 * The tokens of a byte-level byte-pair encoding: every byte, what each merge makes of two tokens, and end-of-text. Immutable.
 */
public final class BytePairVocabulary implements Serializable {
    /** What end-of-text spells. */
    public static final String END_OF_TEXT = "<|endoftext|>";

    private static final long serialVersionUID = 1L;

    private final byte[][] tokens;
    private final int[] merges;
    private final int endOfText;

    /**
     * @param tokens bytes of each id; not copied
     * @param merges by rank: left id, right id, the id of both together; not copied
     * @param endOfText its id
     */
    BytePairVocabulary(byte[][] tokens, int[] merges, int endOfText) {
        this.tokens = tokens;
        this.merges = merges;
        this.endOfText = endOfText;
    }

    /** Number of ids. */
    public int size() {
        return tokens.length;
    }

    /** Number of merges. */
    public int merges() {
        return merges.length / 3;
    }

    public int endOfText() {
        return endOfText;
    }

    /** The bytes of a token; not to be changed. */
    byte[] token(int id) {
        return tokens[id];
    }

    int left(int rank) {
        return merges[3 * rank];
    }

    int right(int rank) {
        return merges[3 * rank + 1];
    }

    int merged(int rank) {
        return merges[3 * rank + 2];
    }
}
