package io.sparktron.kernels;

import java.io.Serializable;

/**
 * Dynamic loss scaling (Micikevicius et al., "Mixed precision training", 2018): the loss is multiplied with a scale, so that small gradients survive 16 bits. A step
 * whose gradient is not finite is skipped, and once {@code hysteresis} of them have come, it and every further one halves the scale; {@code window} steps in a row with a
 * finite gradient double it and restore the hysteresis.
 *
 * @param initial scale of the first step
 * @param window clean steps in a row after which the scale grows, or 0 for a scale that stays as it is
 * @param hysteresis overflows, from the last growth on, of which the last one halves the scale
 * @param minimum the scale never falls below it; an overflow there is fatal
 */
public record LossScaling(double initial, long window, int hysteresis, double minimum) implements Serializable {
    /** A scale of 1 that stays. */
    public static final LossScaling NONE = new LossScaling(1, 0, 1, 1);

    /** What trains in fp16 unless told otherwise. */
    public static final LossScaling DYNAMIC = new LossScaling(0x1p32, 1000, 2, 1);

    public LossScaling {
        Operands.range("loss scaling window", window, 0, Long.MAX_VALUE);
        Operands.range("loss scaling hysteresis", hysteresis, 1, Integer.MAX_VALUE);
        if (!(minimum > 0 && Double.isFinite(initial) && minimum <= initial)) {
            throw new IllegalArgumentException("loss scaling starts at " + initial + " and never falls below " + minimum
                    + "; both must be above 0, finite, and the first not below the second");
        }
    }

    /** Whether the scale ever changes. */
    public boolean active() {
        return window > 0;
    }
}
