package io.sparktron.tensor;

/**
 * The 16-bit floating-point types as wider numbers and back. Every 16-bit number is exact in float32; back, rounding is to nearest even and at once, also from a
 * double; what is too large becomes infinite, and what is not a number stays so.
 */
public final class HalfPrecision {
    private static final int FLOAT16_FRACTION_BITS = 10;
    private static final int FLOAT16_MIN_EXPONENT = -14;
    private static final double FLOAT16_OVERFLOW = 65536;
    private static final int BFLOAT16_FRACTION_BITS = 7;

    private static final int SIGN = 0x8000;
    private static final int FLOAT16_INFINITY = 0x7c00;
    private static final int FLOAT16_QUIET = 0x200;
    /** Fraction bits that float32 has and FLOAT16 has not. */
    private static final int SHIFT = 13;
    /** The distance of the exponents' biases, 127 - 15. */
    private static final float REBIAS = 0x1p112f;

    private static final int REBIAS_BITS = 112 << 23;
    private static final int FLOAT_INFINITY = 0x7f800000;
    /** As float32 bits: the least number that rounds to infinity, 65520, and the least normal one, 2^-14. */
    private static final int FLOAT16_TOO_LARGE = 0x477ff000;

    private static final int FLOAT16_NORMAL = 0x38800000;

    private HalfPrecision() {}

    public static float fromBFloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    public static short toBFloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & Integer.MAX_VALUE) > FLOAT_INFINITY) {
            return (short) (bits >>> 16 | 0x40); // quiet, so that a NaN with a low payload does not become infinite
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    public static short toBFloat16(double value) {
        float rounded = (float) round(value, BFLOAT16_FRACTION_BITS, Float.MIN_EXPONENT);
        return (short) (Float.floatToIntBits(rounded) >>> 16);
    }

    public static float fromFloat16(short bits) {
        int magnitude = bits & 0x7fff;
        // Shifted, the fraction is right and the exponent, of a subnormal number too, too small by REBIAS.
        int wide = magnitude >= FLOAT16_INFINITY
                ? FLOAT_INFINITY | magnitude << SHIFT
                : Float.floatToRawIntBits(Float.intBitsToFloat(magnitude << SHIFT) * REBIAS);
        return Float.intBitsToFloat(wide | (bits & SIGN) << 16);
    }

    public static short toFloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & SIGN;
        int magnitude = bits & Integer.MAX_VALUE;
        if (magnitude >= FLOAT16_TOO_LARGE) {
            boolean notANumber = magnitude > FLOAT_INFINITY;
            return (short) (sign | FLOAT16_INFINITY | (notANumber ? FLOAT16_QUIET | magnitude >>> SHIFT & 0x3ff : 0));
        }
        if (magnitude < FLOAT16_NORMAL) {
            // The last bit of a float at 1/2 is 2^-24, FLOAT16's smallest step: the sum rounds there.
            float shifted = Float.intBitsToFloat(magnitude) + 0.5f;
            return (short) (sign | Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(0.5f));
        }
        int rounded = magnitude + 0xfff + (magnitude >>> SHIFT & 1);
        return (short) (sign | rounded - REBIAS_BITS >>> SHIFT);
    }

    public static short toFloat16(double value) {
        int sign = (int) (Double.doubleToRawLongBits(value) >>> 48) & SIGN;
        double magnitude = Math.abs(round(value, FLOAT16_FRACTION_BITS, FLOAT16_MIN_EXPONENT));
        if (Double.isNaN(magnitude)) {
            return (short) (sign | FLOAT16_INFINITY | FLOAT16_QUIET);
        }
        if (magnitude >= FLOAT16_OVERFLOW) {
            return (short) (sign | FLOAT16_INFINITY);
        }
        int exponent = Math.max(Math.getExponent(magnitude), FLOAT16_MIN_EXPONENT);
        int significand = (int) Math.scalb(magnitude, FLOAT16_FRACTION_BITS - exponent);
        // A normal significand carries its leading one, 0x400, which adds the 1 that the exponent field lacks.
        return (short) (sign | (exponent - FLOAT16_MIN_EXPONENT << FLOAT16_FRACTION_BITS) + significand);
    }

    /** The nearest value with so many fraction bits and no exponent below the smallest one; ties to even. */
    private static double round(double value, int fractionBits, int minExponent) {
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            return value;
        }
        int ulp = Math.max(Math.getExponent(value), minExponent) - fractionBits;
        return Math.scalb(StrictMath.rint(Math.scalb(value, -ulp)), ulp);
    }
}
