package io.sparktron.optimizer;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;

/**
 * Learning rate by step, counted from 1: linear warm-up {@code peak s / W}, then one cosine over {@code (s - W) / (D - W)}, clamped below at
 * the floor, which also holds after step D.
 *
 * @param warmupSteps W
 * @param decaySteps D, which includes the warm-up
 */
public record Schedule(double peak, double floor, long warmupSteps, Decay decay, long decaySteps)
        implements Serializable {
    /** What follows the warm-up. */
    public enum Decay {
        COSINE,
        NONE
    }

    public Schedule {
        if (!(peak >= 0 && Double.isFinite(peak))) {
            throw new InvalidInputException("train.lr.peak = " + peak + ", must be a finite number of at least 0");
        }
        if (!(floor >= 0 && floor <= peak)) {
            throw new InvalidInputException("train.lr.min = " + floor + ", must be from 0 to train.lr.peak = " + peak);
        }
        if (warmupSteps < 0) {
            throw new InvalidInputException("train.lr.warmup-steps = " + warmupSteps + ", must be at least 0");
        }
        if (decay == Decay.COSINE && decaySteps < warmupSteps) {
            throw new InvalidInputException(
                    "train.lr.decay-steps = " + decaySteps + " is less than train.lr.warmup-steps = " + warmupSteps
                            + ", which it includes (unset, they are train.steps and a hundredth of it)");
        }
    }

    /** Learning rate of {@code step}, from 1. */
    public double at(long step) {
        if (step <= warmupSteps) {
            return peak * step / warmupSteps;
        }
        if (decay == Decay.NONE) {
            return peak;
        }
        if (step >= decaySteps) {
            return floor;
        }
        double progress = (double) (step - warmupSteps) / (decaySteps - warmupSteps);
        return Math.max(floor, peak * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress)));
    }
}
