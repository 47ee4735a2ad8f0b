package io.sparktron.parallel;

import io.sparktron.tensor.Shape;

/**
 * A logical parameter, before any memory exists.
 *
 * @param name the same at every layout
 * @param global its whole, unpadded shape
 * @param kind decides weight decay
 * @param initial distribution that a new run draws it from
 */
public record ParameterSpec(String name, Shape global, Placement placement, Kind kind, Initial initial) {
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

    /** Normal with this mean and standard deviation; constant if the deviation is 0. */
    public record Initial(double mean, double deviation) {
        public static final Initial ZERO = new Initial(0, 0);
        public static final Initial ONE = new Initial(1, 0);

        public static Initial normal(double deviation) {
            return new Initial(0, deviation);
        }
    }
}
