package io.sparktron.kernels.host;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HalfPrecision;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;

/** Single elements of tensors in host memory, by row-major index, whatever their type: one at a time, so for the oracle and for tests. */
public final class Elements {
    private Elements() {}

    /** Element {@code index} of a floating-point tensor. */
    public static double get(Tensor tensor, long index) {
        ByteBuffer window = window(tensor, index);
        int at = at(tensor, index);
        return switch (tensor.type()) {
            case FLOAT64 -> window.getDouble(at);
            case FLOAT32 -> window.getFloat(at);
            case BFLOAT16 -> HalfPrecision.fromBFloat16(window.getShort(at));
            case FLOAT16 -> HalfPrecision.fromFloat16(window.getShort(at));
            case INT64, INT32 -> throw notFloating(tensor);
        };
    }

    /** Stores into a floating-point tensor, rounded to nearest even. */
    public static void set(Tensor tensor, long index, double value) {
        ByteBuffer window = window(tensor, index);
        int at = at(tensor, index);
        switch (tensor.type()) {
            case FLOAT64 -> window.putDouble(at, value);
            case FLOAT32 -> window.putFloat(at, (float) value);
            case BFLOAT16 -> window.putShort(at, HalfPrecision.toBFloat16(value));
            case FLOAT16 -> window.putShort(at, HalfPrecision.toFloat16(value));
            case INT64, INT32 -> throw notFloating(tensor);
        }
    }

    /** {@code tensor[index] += value}. */
    public static void add(Tensor tensor, long index, double value) {
        set(tensor, index, get(tensor, index) + value);
    }

    /** Element {@code index} of an INT32 tensor. */
    public static int getInt(Tensor tensor, long index) {
        tensor.expect("tensor of integers", DType.INT32);
        return window(tensor, index).getInt(at(tensor, index));
    }

    /** Stores into an INT32 tensor. */
    public static void setInt(Tensor tensor, long index, int value) {
        tensor.expect("tensor of integers", DType.INT32);
        window(tensor, index).putInt(at(tensor, index), value);
    }

    /** Element {@code index} of an INT64 tensor. */
    public static long getLong(Tensor tensor, long index) {
        tensor.expect("tensor of long integers", DType.INT64);
        return window(tensor, index).getLong(at(tensor, index));
    }

    /** Stores into an INT64 tensor. */
    public static void setLong(Tensor tensor, long index, long value) {
        tensor.expect("tensor of long integers", DType.INT64);
        window(tensor, index).putLong(at(tensor, index), value);
    }

    /** The tensor's memory, which must be the host's. */
    static HostMemory memory(Tensor tensor) {
        if (tensor.memory() instanceof HostMemory memory) {
            return memory;
        }
        throw new IllegalArgumentException(tensor + " is not in host memory");
    }

    private static ByteBuffer window(Tensor tensor, long index) {
        if (index < 0 || index >= tensor.elements()) {
            throw new IndexOutOfBoundsException("element " + index + " of " + tensor);
        }
        return memory(tensor).window(tensor.offset() + index * tensor.type().bytes());
    }

    private static int at(Tensor tensor, long index) {
        return HostMemory.inWindow(tensor.offset() + index * tensor.type().bytes());
    }

    private static IllegalArgumentException notFloating(Tensor tensor) {
        return new IllegalArgumentException(tensor + " is not floating-point");
    }
}
