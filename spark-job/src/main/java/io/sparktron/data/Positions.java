package io.sparktron.data;

import java.util.PrimitiveIterator.OfLong;
import java.util.stream.LongStream;

/** Which positions of the sample order a rank takes. A data group divides every global batch; a tensor group takes the same. */
public final class Positions {
    private Positions() {}

    /**
     * Training: of each global batch, the consecutive share of one data rank.
     *
     * @param consumed position at which the first batch starts
     * @param steps global batches
     */
    public static OfLong ofSteps(long consumed, long steps, int globalBatch, int data, int dataRank) {
        int share = globalBatch / data;
        return LongStream.range(0, steps)
                .flatMap(step -> {
                    long first = consumed + step * globalBatch + (long) dataRank * share;
                    return LongStream.range(first, first + share);
                })
                .iterator();
    }

    /** Evaluation: of positions {@code 0 ... count - 1}, every data-th micro-batch; the last one may be short. */
    public static OfLong ofOnePass(long count, int microBatch, int data, int dataRank) {
        return LongStream.range(0, count)
                .filter(position -> position / microBatch % data == dataRank)
                .iterator();
    }
}
