package io.sparktron.convert;

import java.nio.ByteBuffer;

/** Types in which weights are stored elsewhere; float32 holds each of their values exactly. */
enum FloatFormat {
    /** IEEE 754 binary32. */
    F32(4) {
        @Override
        float at(ByteBuffer values, int index) {
            return values.getFloat(index * Float.BYTES);
        }
    },
    /** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
    F16(2) {
        @Override
        float at(ByteBuffer values, int index) {
            int bits = values.getShort(index * Short.BYTES);
            int sign = bits & 0x8000_0000; // a short is sign-extended
            int exponent = bits >>> 10 & 0x1f;
            int fraction = bits & 0x3ff;
            if (exponent == 0) { // zero, or fraction x 2^-24
                return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
            }
            int wider = exponent == 0x1f ? 0xff : exponent + 127 - 15;
            return Float.intBitsToFloat(sign | wider << 23 | fraction << 13);
        }
    },
    /** The upper half of binary32. */
    BF16(2) {
        @Override
        float at(ByteBuffer values, int index) {
            return Float.intBitsToFloat(values.getShort(index * Short.BYTES) << 16);
        }
    };

    private final int bytes;

    FloatFormat(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of an element. */
    int bytes() {
        return bytes;
    }

    /** Element {@code index} of a little-endian buffer, whatever its position. */
    abstract float at(ByteBuffer values, int index);
}
