package io.sparktron.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Every value of the 16-bit types against their definition: (-1)^sign x 2^(exponent - bias) x 1.fraction, without the 1 in the lowest exponent. */
class FloatFormatTest {
    @Test
    void everyHalfIsExact() {
        requireAll(FloatFormat.F16, 5, 10);
    }

    @Test
    void everyBrainFloatIsExact() {
        requireAll(FloatFormat.BF16, 8, 7);
    }

    @Test
    void aFloatKeepsItsBits() {
        for (int bits : new int[] {0, 1, 0x8000_0000, 0x007f_ffff, 0x7f7f_ffff, 0x7f80_0000, 0x3f80_0001}) {
            ByteBuffer value =
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(4, bits);
            assertThat(Float.floatToRawIntBits(FloatFormat.F32.at(value, 1))).isEqualTo(bits);
        }
    }

    private static void requireAll(FloatFormat format, int exponentBits, int fractionBits) {
        int ones = (1 << exponentBits) - 1;
        int bias = ones >> 1;
        ByteBuffer all = ByteBuffer.allocate(1 << 17).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << 16; bits++) {
            all.putShort(bits * Short.BYTES, (short) bits);
        }
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> fractionBits & ones;
            int fraction = bits & (1 << fractionBits) - 1;
            double lead = exponent == 0 ? 0 : 1;
            double magnitude =
                    Math.scalb(lead + Math.scalb((double) fraction, -fractionBits), Math.max(exponent, 1) - bias);
            if (exponent == ones) {
                magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            }
            float value = format.at(all, bits);
            // As doubles, so that nothing is rounded; the comparison tells -0 from 0.
            assertThat(Double.compare(value, bits < 1 << 15 ? magnitude : -magnitude))
                    .as("%s 0x%04x is %s", format, bits, value)
                    .isZero();
        }
    }
}
