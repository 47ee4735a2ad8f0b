package io.sparktron.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The 16-bit types against their definitions. */
class HalfPrecisionTest {
    @Test
    void everyBitPatternSurvivesARoundTrip() {
        for (int i = 0; i < 1 << 16; i++) {
            short bits = (short) i;
            float half = HalfPrecision.fromFloat16(bits);
            float brain = HalfPrecision.fromBFloat16(bits);
            assertThat(Float.isNaN(half) || HalfPrecision.toFloat16((double) half) == bits)
                    .isTrue();
            assertThat(Float.isNaN(brain) || HalfPrecision.toBFloat16((double) brain) == bits)
                    .isTrue();
            assertThat(HalfPrecision.toFloat16(half)).isEqualTo(Float.isNaN(half) ? (short) (bits | 0x200) : bits);
            assertThat(HalfPrecision.toBFloat16(brain)).isEqualTo(Float.isNaN(brain) ? (short) (bits | 0x40) : bits);
        }
    }

    /** From a float and from the same number as a double; both sides of every rounding border of either type are among them. */
    @Test
    void floatsRoundAsDoublesDo() {
        for (int i = 0; i < 1 << 16; i++) {
            for (int low : new int[] {0, 1, 0xfff, 0x1000, 0x1001, 0x7fff, 0x8000, 0x8001, 0xf000, 0xffff}) {
                float x = Float.intBitsToFloat(i << 16 | low);
                assertThat(HalfPrecision.fromBFloat16(HalfPrecision.toBFloat16(x)))
                        .isEqualTo(Float.valueOf((float) brain((double) x)));
                assertThat(HalfPrecision.fromFloat16(HalfPrecision.toFloat16(x)))
                        .isEqualTo(Float.valueOf((float) half((double) x)));
            }
        }
    }

    @Test
    void knownValues() {
        assertThat(HalfPrecision.fromFloat16((short) 0x3c00)).isEqualTo(1);
        assertThat(HalfPrecision.fromFloat16((short) 0xc000)).isEqualTo(-2);
        assertThat(HalfPrecision.fromFloat16((short) 0x7bff)).isEqualTo(65504);
        assertThat(HalfPrecision.fromFloat16((short) 0x0400)).isEqualTo(0x1p-14f);
        assertThat(HalfPrecision.fromFloat16((short) 0x0001)).isEqualTo(0x1p-24f);
        assertThat(HalfPrecision.fromBFloat16((short) 0x3f80)).isEqualTo(1);
        assertThat(HalfPrecision.fromBFloat16((short) 0x4049)).isEqualTo(3.140625f);
    }

    @Test
    void roundsToNearestEven() {
        double ulp = 0x1p-10;
        assertThat(half(1 + ulp / 2)).isEqualTo(1);
        assertThat(half(1 + 1.5 * ulp)).isEqualTo(1 + 2 * ulp);
        assertThat(half(1 + ulp / 2 + 0x1p-40)).isEqualTo(1 + ulp);
        assertThat(half(0x1p-25)).isZero();
        assertThat(half(0x1.8p-24)).isEqualTo(0x1p-23);
        assertThat(brain(1 + 0x1p-8)).isEqualTo(1);
        assertThat(brain(1 + 0x1.8p-7)).isEqualTo(1 + 0x1p-6);
    }

    @Test
    void overflowsAndKeepsWhatIsNotFinite() {
        assertThat(half(65519.99)).isEqualTo(65504);
        assertThat(half(65520)).isInfinite();
        assertThat(half(-1e300)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(half(Double.NaN)).isNaN();
        assertThat(brain(Float.MAX_VALUE)).isInfinite();
        assertThat(brain(1e300)).isInfinite();
        assertThat(brain(Double.NaN)).isNaN();
        assertThat(1 / half(-0.0)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(1 / brain(-1e-300)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    private static double half(double value) {
        return HalfPrecision.fromFloat16(HalfPrecision.toFloat16(value));
    }

    private static double brain(double value) {
        return HalfPrecision.fromBFloat16(HalfPrecision.toBFloat16(value));
    }
}
