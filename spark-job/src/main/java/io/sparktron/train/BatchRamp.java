package io.sparktron.train;

import io.sparktron.parallel.Layout;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A global batch that grows while a run is young, as {@code --rampup-batch-size} of Megatron-LM: it begins with {@code start} samples and has grown by {@code increment}
 * after each of equal parts of {@code samples}, at the end of which it is whole. A function of the samples consumed and of nothing else.
 *
 * @param start samples of the first batch
 * @param increment samples by which it grows
 * @param samples consumed until the batch is whole
 */
public record BatchRamp(int start, int increment, long samples) implements Serializable {
    /** The whole batch from the beginning. */
    public static final BatchRamp NONE = new BatchRamp(0, 0, 0);

    private static final int LEGAL_SHOWN = 12;

    public BatchRamp {
        boolean none = start == 0 && increment == 0 && samples == 0;
        if (!none) {
            positive("train.batch-ramp.start", start);
            positive("train.batch-ramp.increment", increment);
            positive("train.batch-ramp.samples", samples);
        }
    }

    public boolean none() {
        return samples == 0;
    }

    /** Samples of the step before which {@code consumed} were used, on the way to {@code whole}. */
    public int batch(int whole, long consumed) {
        return consumed >= samples ? whole : start + (int) part(whole, consumed) * increment;
    }

    /** Samples that are used after so many more steps. */
    public long consumedAfter(int whole, long consumed, long steps) {
        long used = consumed;
        long left = steps;
        while (left > 0 && used < samples) {
            int batch = batch(whole, used);
            long made = Math.min(left, stepsOfPart(whole, used, batch));
            used += made * batch;
            left -= made;
        }
        return used + left * whole;
    }

    /** Steps until the batch is whole. */
    public long steps(int whole) {
        long used = 0;
        long steps = 0;
        while (used < samples) {
            int batch = batch(whole, used);
            long made = stepsOfPart(whole, used, batch);
            used += made * batch;
            steps += made;
        }
        return steps;
    }

    /** Fails unless it comes out at {@code whole}. */
    void requireReaches(int whole) {
        if (none()) {
            return;
        }
        if (start > whole) {
            throw new InvalidInputException(
                    "train.batch-ramp.start = " + start + ", must be from 1 to train.global-batch = " + whole);
        }
        if ((whole - start) % increment != 0) {
            throw new InvalidInputException("train.batch-ramp.increment = " + increment
                    + " does not divide what the batch grows by, train.global-batch - train.batch-ramp.start = " + whole
                    + " - " + start);
        }
        long parts = increments(whole) + 2; // one for a sum of two products, one for the steps that go past the end
        if (samples > Long.MAX_VALUE / parts) {
            throw new InvalidInputException("train.batch-ramp.samples = " + samples + ", must be at most 2^63 / "
                    + parts + " where the batch grows " + increments(whole) + " times");
        }
    }

    /** Fails unless it comes out at {@code whole}, in batches that divide evenly. */
    public void require(int whole, int microBatch, Layout layout) {
        requireReaches(whole);
        requireEven(whole, microBatch, layout);
    }

    /** Fails unless each batch up to {@code whole}, which does, divides evenly into micro-batches of each copy. */
    void requireEven(int whole, int microBatch, Layout layout) {
        long share = (long) layout.data() * microBatch;
        if (isEven(whole, share)) {
            return;
        }
        if (start % share != 0) {
            throw new InvalidInputException(uneven("train.batch-ramp.start = " + start, microBatch, layout)
                    + legal(IntStream.rangeClosed(1, (int) (whole / share)), share));
        }
        throw new InvalidInputException(uneven("train.batch-ramp.increment = " + increment, microBatch, layout)
                + legal(
                        IntStream.rangeClosed(1, (int) ((whole - start) / share))
                                .filter(count -> (whole - start) % (count * share) == 0),
                        share));
    }

    /**
     * Whether each batch before {@code whole} divides evenly.
     *
     * @param share samples of one micro-batch of all copies
     */
    public boolean isEven(int whole, long share) {
        return none() || start % share == 0 && (start == whole || increment % share == 0);
    }

    private static String uneven(String setting, int microBatch, Layout layout) {
        return setting + " is not a multiple of parallel.data x train.micro-batch = " + layout.data() + " x "
                + microBatch + "; legal: ";
    }

    private static String legal(IntStream counts, long share) {
        List<String> legal = counts.limit(LEGAL_SHOWN + 1L)
                .mapToObj(count -> String.valueOf(count * share))
                .toList();
        return legal.size() > LEGAL_SHOWN
                ? String.join(", ", legal.subList(0, LEGAL_SHOWN)) + " ..."
                : String.join(", ", legal);
    }

    private long increments(int whole) {
        return (whole - start) / increment;
    }

    /** Increments made when so many samples are used. */
    private long part(int whole, long consumed) {
        return consumed * increments(whole) / samples;
    }

    /** Steps from {@code consumed} until the batch grows, or the ramp ends. */
    private long stepsOfPart(int whole, long consumed, int batch) {
        long increments = increments(whole);
        long end = samples;
        if (increments > 0) {
            end = ceil((part(whole, consumed) + 1) * samples, increments);
        }
        return ceil(end - consumed, batch);
    }

    private static long ceil(long number, long divisor) {
        return (number + divisor - 1) / divisor;
    }

    private static void positive(String key, long value) {
        if (value < 1) {
            throw new InvalidInputException(key + " = " + value + ", must be at least 1");
        }
    }

    @Override
    public String toString() {
        return none() ? "none" : "from " + start + " by " + increment + " over " + samples + " samples";
    }
}
