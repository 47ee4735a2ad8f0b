package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;

/** Consecutive elements of a float32 tensor in host memory, reached one at a time or a vector at a time. */
final class Floats {
    private final ByteBuffer bytes;
    private final Object window;
    private final int base;

    private Floats(ByteBuffer bytes, int base) {
        this.bytes = bytes;
        this.window = VectorAccess.window(bytes);
        this.base = base;
    }

    /**
     * Elements {@code first ... first + count - 1} of a tensor, at most {@link HostMemory#SPAN} bytes of them.
     *
     * @param name the operand's name in errors
     */
    static Floats of(String name, Tensor tensor, long first, long count) {
        require(name, tensor);
        if (first < 0 || count < 0 || first + count > tensor.elements()) {
            throw new IndexOutOfBoundsException(
                    "elements " + first + " to " + (first + count) + " of " + name + tensor.shape());
        }
        if (count * Float.BYTES > HostMemory.SPAN) {
            throw new IllegalArgumentException(name + tensor.shape() + " has rows of " + count
                    + " elements; the host takes " + HostMemory.SPAN / Float.BYTES + " at most");
        }
        long offset = count == 0 ? 0 : tensor.offset() + first * Float.BYTES;
        return new Floats(Elements.memory(tensor).window(offset), HostMemory.inWindow(offset));
    }

    static Floats of(String name, Tensor tensor) {
        return of(name, tensor, 0, tensor.elements());
    }

    /** Fails unless the tensor is what the host computes with. */
    static void require(String name, Tensor tensor) {
        if (tensor.type() != DType.FLOAT32) {
            throw new IllegalArgumentException(
                    name + " is " + tensor.type() + "; the host computes in FLOAT32 and only copies other types");
        }
        Elements.memory(tensor);
    }

    float get(int index) {
        return bytes.getFloat(base + index * Float.BYTES);
    }

    void set(int index, float value) {
        bytes.putFloat(base + index * Float.BYTES, value);
    }

    /** The {@code SPECIES.length()} elements from {@code index} on. */
    FloatVector load(int index) {
        return VectorAccess.load(window, base + index * Float.BYTES);
    }

    /** The {@code DOUBLES.length()} elements from {@code index} on, as doubles. */
    DoubleVector loadDoubles(int index) {
        return VectorAccess.loadDoubles(window, base + index * Float.BYTES);
    }

    void store(int index, FloatVector vector) {
        VectorAccess.store(vector, window, base + index * Float.BYTES);
    }

    /** Elements {@code at ... at + count - 1} become {@code value}. */
    void fill(int at, int count, float value) {
        FloatVector vector = FloatVector.broadcast(SPECIES, value);
        int whole = count - count % SPECIES.length();
        for (int i = 0; i < whole; i += SPECIES.length()) {
            store(at + i, vector);
        }
        for (int i = whole; i < count; i++) {
            set(at + i, value);
        }
    }
}
