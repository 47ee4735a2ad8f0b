package io.sparktron.data;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The words of a sample: a piece that begins one, with the pieces that continue it.
 *
 * @param starts [words] first token of each word
 * @param ends [words] token after the last of each word
 * @param segments [words] number of the stretch between special tokens that a word is in
 */
record Words(int[] starts, int[] ends, int[] segments) {
    /**
     * Finds the words.
     *
     * @param isSpecial whether an id is in no word
     * @param continues whether an id continues the word before it; at the start of a segment it begins one
     */
    static Words of(int[] tokens, IntPredicate isSpecial, IntPredicate continues) {
        int[] starts = new int[tokens.length];
        int[] ends = new int[tokens.length];
        int[] segments = new int[tokens.length];
        int count = 0;
        int segment = 0;
        boolean inWord = false;
        for (int i = 0; i < tokens.length; i++) {
            if (isSpecial.test(tokens[i])) {
                inWord = false;
                segment++;
                continue;
            }
            if (!inWord || !continues.test(tokens[i])) {
                starts[count] = i;
                segments[count] = segment;
                count++;
                inWord = true;
            }
            ends[count - 1] = i + 1;
        }
        return new Words(Arrays.copyOf(starts, count), Arrays.copyOf(ends, count), Arrays.copyOf(segments, count));
    }

    int count() {
        return starts.length;
    }

    int start(int word) {
        return starts[word];
    }

    int end(int word) {
        return ends[word];
    }

    /** Tokens of the words {@code from ... to - 1}, which are of one segment. */
    int tokens(int from, int to) {
        return ends[to - 1] - starts[from];
    }

    /** The word after the last of a word's segment. */
    int segmentEnd(int word) {
        int end = word + 1;
        while (end < segments.length && segments[end] == segments[word]) {
            end++;
        }
        return end;
    }
}
