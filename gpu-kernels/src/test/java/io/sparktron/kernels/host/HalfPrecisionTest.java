package io.sparktron.kernels.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The 16-bit types against their definitions. */
class HalfPrecisionTest {
    @Test
    void everyBitPatternSurvivesARoundTrip() {
        for (int i = 0; i < 1 << 16; i++) {
            short bits = (short) i;
            double half = HalfPrecision.fromFloat16(bits);
            double brain = HalfPrecision.fromBFloat16(bits);
            assertThat(Double.isNaN(half) || HalfPrecision.toFloat16(half) == bits)
                    .isTrue();
            assertThat(Double.isNaN(brain) || HalfPrecision.toBFloat16(brain) == bits)
                    .isTrue();
        }
    }

    @Test
    void knownValues() {
        assertThat(HalfPrecision.fromFloat16((short) 0x3c00)).isEqualTo(1);
        assertThat(HalfPrecision.fromFloat16((short) 0xc000)).isEqualTo(-2);
        assertThat(HalfPrecision.fromFloat16((short) 0x7bff)).isEqualTo(65504);
        assertThat(HalfPrecision.fromFloat16((short) 0x0400)).isEqualTo(0x1p-14);
        assertThat(HalfPrecision.fromFloat16((short) 0x0001)).isEqualTo(0x1p-24);
        assertThat(HalfPrecision.fromBFloat16((short) 0x3f80)).isEqualTo(1);
        assertThat(HalfPrecision.fromBFloat16((short) 0x4049)).isEqualTo(3.140625);
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
