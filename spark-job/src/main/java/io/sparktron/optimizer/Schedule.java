package io.sparktron.optimizer;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;

/**
 * Learning rate by step s, counted from 1: linear warm-up {@code peak s / W}, then {@code peak} times the factor of a {@link Decay}, clamped below at the floor.
 *
 * @param peak learning rate after the warm-up
 * @param floor least learning rate once the warm-up is over
 * @param warmupSteps W
 * @param decaySteps D, which includes the warm-up; from there on the rate is the floor, where the decay has an end
 * @param cooldownSteps C, the last steps before D in which {@link Decay#WSD} falls; at most D - W
 */
public record Schedule(double peak, double floor, long warmupSteps, Decay decay, long decaySteps, long cooldownSteps)
        implements Serializable {
    /** A tenth was found to suffice (Hu et al. 2024, arXiv 2404.06395). */
    private static final int STEPS_PER_COOLDOWN = 10;

    /** What follows the warm-up. */
    public enum Decay {
        /** 1. */
        CONSTANT(false) {
            @Override
            double factor(Schedule schedule, long step) {
                return 1;
            }
        },

        /** {@code 1 - (s - W) / (D - W)}. */
        LINEAR(true) {
            @Override
            double factor(Schedule schedule, long step) {
                return 1 - schedule.progress(step);
            }
        },

        /** {@code (1 + cos(pi (s - W) / (D - W))) / 2}. */
        COSINE(true) {
            @Override
            double factor(Schedule schedule, long step) {
                return 0.5 * (1 + StrictMath.cos(StrictMath.PI * schedule.progress(step)));
            }
        },

        /** {@code sqrt(W / s)} (Vaswani et al. 2017), with W taken for 1 where there is no warm-up. It has no end, so D says nothing. */
        INVERSE_SQUARE_ROOT(false) {
            @Override
            double factor(Schedule schedule, long step) {
                return StrictMath.sqrt((double) Math.max(1, schedule.warmupSteps) / step);
            }
        },

        /** Warm-up, stable, decay (Hu et al. 2024): 1 until D - C, then linear, {@code (D - s) / C}. */
        WSD(true) {
            @Override
            double factor(Schedule schedule, long step) {
                return Math.min(1, (double) (schedule.decaySteps - step) / schedule.cooldownSteps);
            }
        };

        private final boolean ends;

        Decay(boolean ends) {
            this.ends = ends;
        }

        /** The part of the peak at a step after the warm-up and, where the decay has an end, before it. */
        abstract double factor(Schedule schedule, long step);
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
        if (decay.ends && decaySteps < warmupSteps) {
            throw new InvalidInputException(
                    "train.lr.decay-steps = " + decaySteps + " is less than train.lr.warmup-steps = " + warmupSteps
                            + ", which it includes (unset, they are train.steps and a hundredth of it)");
        }
        if (decay == Decay.WSD && (cooldownSteps < 0 || cooldownSteps > decaySteps - warmupSteps)) {
            throw new InvalidInputException("train.lr.cooldown-steps = " + cooldownSteps
                    + ", must be from 0 to train.lr.decay-steps - train.lr.warmup-steps = "
                    + (decaySteps - warmupSteps));
        }
    }

    /** With a cool-down of a tenth of D. */
    public Schedule(double peak, double floor, long warmupSteps, Decay decay, long decaySteps) {
        this(peak, floor, warmupSteps, decay, decaySteps, cooldown(warmupSteps, decaySteps));
    }

    /** C unless told: a tenth of D, and no more than what the warm-up leaves. */
    public static long cooldown(long warmupSteps, long decaySteps) {
        return Math.max(0, Math.min(decaySteps / STEPS_PER_COOLDOWN, decaySteps - warmupSteps));
    }

    /** Learning rate of {@code step}, from 1. */
    public double at(long step) {
        if (step <= warmupSteps) {
            return peak * step / warmupSteps;
        }
        if (decay.ends && step >= decaySteps) {
            return floor;
        }
        return Math.max(floor, peak * decay.factor(this, step));
    }

    /** The part of the way from W to D. */
    private double progress(long step) {
        return (double) (step - warmupSteps) / (decaySteps - warmupSteps);
    }
}
