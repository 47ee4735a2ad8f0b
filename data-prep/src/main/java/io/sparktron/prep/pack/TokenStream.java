package io.sparktron.prep.pack;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The token stream of a split and how it is cut into files. All positions are in tokens from the begin of the stream.
 *
 * @param split name of the split, and of its folder
 * @param bucketStart [buckets] where the tokens of each bucket begin
 * @param tokens N
 * @param sequence S
 * @param samplesPerFile F
 */
record TokenStream(String split, long[] bucketStart, long tokens, int sequence, int samplesPerFile)
        implements Serializable {
    /** @param tokensOfBucket [buckets] */
    static TokenStream of(String split, long[] tokensOfBucket, int sequence, int samplesPerFile) {
        return new TokenStream(
                split, starts(tokensOfBucket), Arrays.stream(tokensOfBucket).sum(), sequence, samplesPerFile);
    }

    /** Prefix sums. @param counts [buckets] @return [buckets] what is in the buckets before */
    static long[] starts(long[] counts) {
        long[] starts = new long[counts.length];
        for (int i = 1; i < counts.length; i++) {
            starts[i] = starts[i - 1] + counts[i - 1];
        }
        return starts;
    }

    /** K. */
    long samples() {
        return Math.max(0, (tokens - 1) / sequence);
    }

    /** Tokens at the end of the stream that are in no sample. */
    long tailTokens() {
        return samples() == 0 ? tokens : tokens - (samples() * sequence + 1);
    }

    int files() {
        return Math.toIntExact((samples() + samplesPerFile - 1) / samplesPerFile);
    }

    long firstSample(int file) {
        return (long) file * samplesPerFile;
    }

    long samplesIn(int file) {
        return Math.min(samplesPerFile, samples() - firstSample(file));
    }

    /** First token of a file. */
    long begin(int file) {
        return firstSample(file) * sequence;
    }

    /** Token after the last of a file; that last token is also the first of the next file. */
    long end(int file) {
        return begin(file) + samplesIn(file) * sequence + 1;
    }

    static String fileName(int file) {
        return String.format("part-%05d.parquet", file);
    }
}
