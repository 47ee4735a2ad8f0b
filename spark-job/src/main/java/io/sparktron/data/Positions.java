package io.sparktron.data;

import java.util.PrimitiveIterator.OfLong;
import java.util.function.LongToIntFunction;
import java.util.stream.LongStream;

/** Which positions of the sample order a rank takes. A data group divides every global batch; a tensor group takes the same. */
public final class Positions {
    private Positions() {}

    /**
     * Training: of each global batch, the consecutive share of one data rank.
     *
     * @param consumed position at which the first batch starts
     * @param steps global batches
     * @param globalBatch samples of the batch that starts at a position
     */
    public static OfLong ofSteps(long consumed, long steps, LongToIntFunction globalBatch, int data, int dataRank) {
        return LongStream.iterate(consumed, start -> start + globalBatch.applyAsInt(start))
                .limit(steps)
                .flatMap(start -> {
                    int share = globalBatch.applyAsInt(start) / data;
                    long first = start + (long) dataRank * share;
                    return LongStream.range(first, first + share);
                })
                .iterator();
    }

    /** With batches of one size. */
    public static OfLong ofSteps(long consumed, long steps, int globalBatch, int data, int dataRank) {
        return ofSteps(consumed, steps, start -> globalBatch, data, dataRank);
    }

    /** Evaluation: of positions {@code 0 ... count - 1}, every data-th micro-batch; the last one may be short. */
    public static OfLong ofOnePass(long count, int microBatch, int data, int dataRank) {
        return LongStream.range(0, count)
                .filter(position -> position / microBatch % data == dataRank)
                .iterator();
    }
}
