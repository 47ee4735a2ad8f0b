package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function in float32, by lane and alone, with equal bits. Exactly rounded operations only: interpreter, compilers and
 * vector widths agree, which they do not on the JVM's own exp.
 *
 * <p>{@code exp(x) = 2^n exp(r)} with n the integer nearest to x / ln 2 and |r| at most ln 2 / 2, where
 * {@code exp(r) = 1 + r + r^2 Q(r)}; Q is the minimax polynomial of degree 4 for the relative error of exp, 3.1e-9. The error of the whole is
 * below 1.1 units in the last place; results below the smallest normal number are 0.
 */
final class Exponential {
    /** Above it exp overflows float32. */
    static final float LARGEST = 88.72283f;
    /** Below it exp is under the smallest normal float32 number. */
    static final float SMALLEST = -87.33654f;

    private static final float LOG2_E = 1.442695f;
    /** Adding it rounds to an integer, which then stands in the low bits. */
    private static final float SHIFT = 0x1.8p23f;

    /** ln 2 as two floats. */
    private static final float LN2_HIGH = 0.69314575f;

    private static final float LN2_LOW = 1.4286068e-6f;
    private static final float Q0 = 0.49999994f;
    private static final float Q1 = 0.16666521f;
    private static final float Q2 = 0.04166839f;
    private static final float Q3 = 0.008368745f;
    private static final float Q4 = 0.0013814537f;
    private static final int FRACTION_BITS = 23;

    // Constants by lane: made once, because each one made in place costs the compiler inlining budget that a long
    // kernel needs.
    private static final FloatVector LOG2_E_LANES = all(LOG2_E);
    private static final FloatVector SHIFT_LANES = all(SHIFT);
    private static final FloatVector MINUS_LN2_HIGH_LANES = all(-LN2_HIGH);
    private static final FloatVector MINUS_LN2_LOW_LANES = all(-LN2_LOW);
    private static final FloatVector Q0_LANES = all(Q0);
    private static final FloatVector Q1_LANES = all(Q1);
    private static final FloatVector Q2_LANES = all(Q2);
    private static final FloatVector Q3_LANES = all(Q3);
    private static final FloatVector Q4_LANES = all(Q4);
    private static final FloatVector ONES = all(1);
    private static final FloatVector ZEROS = all(0);
    private static final FloatVector INFINITIES = all(Float.POSITIVE_INFINITY);
    private static final FloatVector SMALLEST_LANES = all(SMALLEST);
    private static final FloatVector LARGEST_LANES = all(LARGEST);

    private Exponential() {}

    static float exp(float x) {
        if (x != x) {
            return x;
        }
        if (x > LARGEST) {
            return Float.POSITIVE_INFINITY;
        }
        if (x < SMALLEST) {
            return 0;
        }
        float shifted = Math.fma(x, LOG2_E, SHIFT);
        float n = shifted - SHIFT;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
        float q = Math.fma(Math.fma(Math.fma(Math.fma(Q4, r, Q3), r, Q2), r, Q1), r, Q0);
        float power = 1 + Math.fma(r * r, q, r);
        return Float.intBitsToFloat(
                Float.floatToRawIntBits(power) + (Float.floatToRawIntBits(shifted) << FRACTION_BITS));
    }

    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(LOG2_E_LANES, SHIFT_LANES);
        FloatVector n = shifted.sub(SHIFT_LANES);
        FloatVector r = n.fma(MINUS_LN2_LOW_LANES, n.fma(MINUS_LN2_HIGH_LANES, x));
        FloatVector q =
                Q4_LANES.fma(r, Q3_LANES).fma(r, Q2_LANES).fma(r, Q1_LANES).fma(r, Q0_LANES);
        FloatVector power = r.mul(r).fma(q, r).add(ONES);
        return power.reinterpretAsInts()
                .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, FRACTION_BITS))
                .reinterpretAsFloats()
                .blend(ZEROS, x.compare(VectorOperators.LT, SMALLEST_LANES))
                .blend(INFINITIES, x.compare(VectorOperators.GT, LARGEST_LANES))
                .blend(x, x.compare(VectorOperators.NE, x));
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
