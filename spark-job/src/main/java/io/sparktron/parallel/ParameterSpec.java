package io.sparktron.parallel;

import io.sparktron.tensor.Shape;

/**
 * A logical parameter, before any memory exists.
 *
 * @param name the same at every layout
 * @param global its whole, unpadded shape
 * @param kind decides weight decay
 * @param initial distribution that a new run draws it from
 * @param gradient what backward leaves of its gradient on a rank
 */
public record ParameterSpec(
        String name, Shape global, Placement placement, Kind kind, Initial initial, GradientPlacement gradient) {
    /** A parameter whose gradient each rank computes for the part that it holds. */
    public ParameterSpec(String name, Shape global, Placement placement, Kind kind, Initial initial) {
        this(name, global, placement, kind, initial, GradientPlacement.AS_PARAMETER);
    }

    /** The same parameter, its gradient computed by each rank from its own rows where sequence parallelism divides them. */
    public ParameterSpec summedOverRows() {
        return new ParameterSpec(name, global, placement, kind, initial, GradientPlacement.SUMMED_OVER_ROWS);
    }

    /** What backward leaves of a gradient on a rank of a tensor group. */
    public enum GradientPlacement {
        /** The gradient of the part that the rank holds. */
        AS_PARAMETER,
        /**
         * The sum over the rows that the rank computes. Under sequence parallelism these are a part of the micro-batch's, and the gradient is a partial sum over the
         * tensor group (Korthikanti et al. 2022, section 4.2.2); otherwise all of them. Only of a parameter that the group does not split.
         */
        SUMMED_OVER_ROWS
    }

    public ParameterSpec {
        if (gradient == GradientPlacement.SUMMED_OVER_ROWS && !(placement instanceof Placement.Replicated)) {
            throw new IllegalArgumentException(
                    name + " is split over the tensor group; its gradient is no sum over the rows of others");
        }
    }

    /** What a parameter is, whatever the rank of its array. */
    public enum Kind {
        MATRIX(true),
        EMBEDDING(true),
        BIAS(false),
        LAYER_NORM(false);

        private final boolean decays;

        Kind(boolean decays) {
            this.decays = decays;
        }

        /** Whether weight decay shrinks it. */
        public boolean decays() {
            return decays;
        }
    }

    /**
     * A normal distribution.
     *
     * @param mean of the elements
     * @param deviation their standard deviation; 0 for a constant
     */
    public record Initial(double mean, double deviation) {
        public static final Initial ZERO = new Initial(0, 0);
        public static final Initial ONE = new Initial(1, 0);

        public static Initial normal(double deviation) {
            return new Initial(0, deviation);
        }
    }
}
