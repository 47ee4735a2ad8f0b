package io.sparktron.train;

import io.sparktron.kernels.LossScaling;
import io.sparktron.model.Mode;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;

/**
 * How a model is trained.
 *
 * @param steps updates of the whole run
 * @param microBatch samples that one rank takes through the model at once
 * @param globalBatch samples of one update, over all ranks, once the ramp is over
 * @param seed of initial weights, sample order and dropout
 * @param batchRamp how the batch grows to that
 * @param dropout probability of being dropped, from 0 to below 1
 * @param recompute what backward computes again
 * @param precision what the model computes in
 * @param lossScaling of fp16; {@link LossScaling#NONE} for everything else
 */
public record TrainingConfig(
        long steps,
        int microBatch,
        int globalBatch,
        long seed,
        AdamConfig adam,
        Schedule schedule,
        BatchRamp batchRamp,
        double dropout,
        Recompute recompute,
        Precision precision,
        LossScaling lossScaling)
        implements Serializable {
    public TrainingConfig {
        positive("train.steps", steps);
        positive("train.micro-batch", microBatch);
        positive("train.global-batch", globalBatch);
        if (steps > Long.MAX_VALUE / globalBatch) {
            throw new InvalidInputException("train.steps = " + steps + " steps of train.global-batch = " + globalBatch
                    + " samples, must together be at most 2^63 - 1 samples");
        }
        batchRamp = batchRamp == null ? BatchRamp.NONE : batchRamp; // a run page from before there were ramps
        recompute = recompute == null ? Recompute.NONE : recompute; // as before there was a choice
        precision = precision == null ? Precision.FP32 : precision; // as before there was a choice
        lossScaling = lossScaling == null ? LossScaling.NONE : lossScaling;
        requireScaled(precision, lossScaling);
        Mode.training(dropout, recompute, seed);
        batchRamp.requireReaches(globalBatch);
    }

    /** The whole batch from the first step on, nothing dropped and everything kept for backward. */
    public TrainingConfig(long steps, int microBatch, int globalBatch, long seed, AdamConfig adam, Schedule schedule) {
        this(steps, microBatch, globalBatch, seed, adam, schedule, BatchRamp.NONE, 0, Recompute.NONE);
    }

    /** In float32. */
    public TrainingConfig(
            long steps,
            int microBatch,
            int globalBatch,
            long seed,
            AdamConfig adam,
            Schedule schedule,
            BatchRamp batchRamp,
            double dropout,
            Recompute recompute) {
        this(
                steps,
                microBatch,
                globalBatch,
                seed,
                adam,
                schedule,
                batchRamp,
                dropout,
                recompute,
                Precision.FP32,
                LossScaling.NONE);
    }

    /** The same in another precision. */
    public TrainingConfig in(Precision other, LossScaling scaling) {
        return new TrainingConfig(
                steps, microBatch, globalBatch, seed, adam, schedule, batchRamp, dropout, recompute, other, scaling);
    }

    private static void requireScaled(Precision precision, LossScaling scaling) {
        if ((precision == Precision.FP16) != scaling.active()) {
            throw new InvalidInputException("train.precision = " + precision
                    + (scaling.active()
                            ? ", which knows no loss scale; legal: train.loss-scale.* with train.precision = fp16"
                            : " needs a loss scale that adapts; legal: a train.loss-scale.window of at least 1"));
        }
    }

    /** How the model is made that is trained. */
    public Mode mode() {
        return Mode.training(dropout, recompute, seed);
    }

    /** Samples of the step before which {@code consumed} were used. */
    public int batchAfter(long consumed) {
        return batchRamp.batch(globalBatch, consumed);
    }

    /** Samples that are used after so many more steps. */
    public long consumedAfter(long consumed, long moreSteps) {
        return batchRamp.consumedAfter(globalBatch, consumed, moreSteps);
    }

    /** Micro-batches that a rank accumulates before an update of the whole batch; fails unless they, and those of each smaller batch, come out even. */
    public int accumulation(Layout layout) {
        int micro = accumulation(globalBatch, microBatch, layout);
        batchRamp.requireEven(globalBatch, microBatch, layout);
        return micro;
    }

    /** Samples of one micro-batch of each copy: the global batch where none is given. */
    public static int oneEach(Layout layout, int microBatch) {
        long samples = (long) layout.data() * microBatch;
        if (samples > Integer.MAX_VALUE) {
            throw new InvalidInputException("parallel.data x train.micro-batch = " + layout.data() + " x " + microBatch
                    + " samples; legal: a global batch of at most " + Integer.MAX_VALUE);
        }
        return (int) samples;
    }

    /** Micro-batches that a rank accumulates; fails unless they come out even. */
    public static int accumulation(int globalBatch, int microBatch, Layout layout) {
        long share = (long) layout.data() * microBatch;
        if (globalBatch % share != 0) {
            throw new InvalidInputException(
                    "train.global-batch = " + globalBatch + " is not a multiple of parallel.data x train.micro-batch = "
                            + layout.data() + " x " + microBatch);
        }
        return (int) (globalBatch / share);
    }

    private static void positive(String key, long value) {
        if (value < 1) {
            throw new InvalidInputException(key + " = " + value + ", must be at least 1");
        }
    }
}
