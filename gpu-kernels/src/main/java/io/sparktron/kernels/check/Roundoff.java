package io.sparktron.kernels.check;

import io.sparktron.tensor.DType;

/** What one rounding to nearest of a type may do. */
public final class Roundoff {
    /** Unit roundoff of float32. */
    public static final double FLOAT32 = 0x1p-24;

    private static final double FLOAT64 = 0x1p-53;
    private static final double BFLOAT16 = 0x1p-8;
    private static final double FLOAT16 = 0x1p-11;

    /** An exponential below the smallest normal number of float32 may vanish; the kernels multiply it with factors below 2^10. */
    private static final double VANISHED = 0x1p-126 * 0x1p10;

    /** FLOAT16's smallest number. */
    private static final double SMALLEST_FLOAT16 = 0x1p-24;

    private Roundoff() {}

    /** Largest relative error of a rounding to the type. */
    public static double unit(DType type) {
        return switch (type) {
            case FLOAT64 -> FLOAT64;
            case FLOAT32 -> FLOAT32;
            case BFLOAT16 -> BFLOAT16;
            case FLOAT16 -> FLOAT16;
            case INT64, INT32 -> throw new IllegalArgumentException(type + " is not rounded");
        };
    }

    /**
     * What two numbers may differ by only because each was stored to {@code type}: of float32 the oracle's own store, since a kernel's roundings are counted
     * already; of 16 bits both, and half a step each where numbers are subnormal.
     */
    public static double stores(DType type, double actual, double expected) {
        return switch (type) {
            case FLOAT32 -> FLOAT32 * Math.abs(expected) + VANISHED;
            case BFLOAT16 -> BFLOAT16 * (Math.abs(actual) + Math.abs(expected)) + VANISHED;
            case FLOAT16 -> FLOAT16 * (Math.abs(actual) + Math.abs(expected)) + SMALLEST_FLOAT16;
            case FLOAT64, INT64, INT32 -> 0;
        };
    }
}
