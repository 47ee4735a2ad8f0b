package io.sparktron.kernels.host;

/** The 16-bit floating-point types as doubles and back; rounding is to nearest even, from the double at once. */
final class HalfPrecision {
    private static final int FLOAT16_FRACTION_BITS = 10;
    private static final int FLOAT16_MIN_EXPONENT = -14;
    private static final double FLOAT16_OVERFLOW = 65536;
    private static final int BFLOAT16_FRACTION_BITS = 7;

    private HalfPrecision() {}

    static double fromBFloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static short toBFloat16(double value) {
        float rounded = (float) round(value, BFLOAT16_FRACTION_BITS, Float.MIN_EXPONENT);
        return (short) (Float.floatToIntBits(rounded) >>> 16);
    }

    static double fromFloat16(short bits) {
        int exponent = bits >>> FLOAT16_FRACTION_BITS & 0x1f;
        int fraction = bits & 0x3ff;
        double magnitude = switch (exponent) {
            case 0 -> Math.scalb((double) fraction, FLOAT16_MIN_EXPONENT - FLOAT16_FRACTION_BITS);
            case 0x1f -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb((double) (fraction | 0x400), exponent - 15 - FLOAT16_FRACTION_BITS);
        };
        return bits < 0 ? -magnitude : magnitude;
    }

    static short toFloat16(double value) {
        int sign = (int) (Double.doubleToRawLongBits(value) >>> 48) & 0x8000;
        double magnitude = Math.abs(round(value, FLOAT16_FRACTION_BITS, FLOAT16_MIN_EXPONENT));
        if (Double.isNaN(magnitude)) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= FLOAT16_OVERFLOW) {
            return (short) (sign | 0x7c00);
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
