package io.sparktron.kernels.host;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HalfPrecision;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;

/** Casts between float32 and the 16-bit types, in one pass over memory. */
final class Halves {
    private Halves() {}

    /** Whether one is float32 and the other has 16 bits. */
    static boolean casts(Tensor x, Tensor y) {
        return x.type() == DType.FLOAT32 && isHalf(y) || isHalf(x) && y.type() == DType.FLOAT32;
    }

    static boolean isHalf(Tensor tensor) {
        return tensor.type() == DType.FLOAT16 || tensor.type() == DType.BFLOAT16;
    }

    /** {@code y[from + i] = x[from + i]}, rounded to nearest even where y has 16 bits. */
    static void cast(Tensor x, Tensor y, long from, int count) {
        if (isHalf(x)) {
            widen(x, Floats.of("y", y, from, count), from, count);
        } else {
            round(Floats.of("x", x, from, count), y, from, count);
        }
    }

    private static void widen(Tensor x, Floats y, long from, int count) {
        ByteBuffer window = window(x, from);
        int at = at(x, from);
        if (x.type() == DType.BFLOAT16) {
            for (int i = 0; i < count; i++) {
                y.set(i, HalfPrecision.fromBFloat16(window.getShort(at + i * Short.BYTES)));
            }
        } else {
            for (int i = 0; i < count; i++) {
                y.set(i, HalfPrecision.fromFloat16(window.getShort(at + i * Short.BYTES)));
            }
        }
    }

    private static void round(Floats x, Tensor y, long from, int count) {
        ByteBuffer window = window(y, from);
        int at = at(y, from);
        if (y.type() == DType.BFLOAT16) {
            for (int i = 0; i < count; i++) {
                window.putShort(at + i * Short.BYTES, HalfPrecision.toBFloat16(x.get(i)));
            }
        } else {
            for (int i = 0; i < count; i++) {
                window.putShort(at + i * Short.BYTES, HalfPrecision.toFloat16(x.get(i)));
            }
        }
    }

    private static ByteBuffer window(Tensor tensor, long from) {
        return Elements.memory(tensor).window(tensor.offset() + from * Short.BYTES);
    }

    private static int at(Tensor tensor, long from) {
        return HostMemory.inWindow(tensor.offset() + from * Short.BYTES);
    }
}
