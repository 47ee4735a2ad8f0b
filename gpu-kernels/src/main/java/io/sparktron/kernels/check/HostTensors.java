package io.sparktron.kernels.check;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** Makes operands in host memory, the same ones at every run. Whoever gives the memory frees it. */
public final class HostTensors {
    private final Allocator memory;

    /**
     * @param memory of the host
     */
    public HostTensors(Allocator memory) {
        this.memory = memory;
    }

    public Tensor zeros(DType type, long... extents) {
        Shape shape = Shape.of(extents);
        return new Tensor(memory.allocate("operand", shape.elements() * type.bytes()), 0, type, shape);
    }

    /** Standard normal numbers, rounded to the type. */
    public Tensor normal(long seed, DType type, long... extents) {
        return scaled(seed, 1, type, extents);
    }

    /** Normal numbers with a standard deviation of {@code scale}, rounded to the type. */
    public Tensor scaled(long seed, double scale, DType type, long... extents) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor tensor = zeros(type, extents);
        for (long i = 0; i < tensor.elements(); i++) {
            Elements.set(tensor, i, scale * random.nextGaussian());
        }
        return tensor;
    }

    public Tensor constant(double value, DType type, long... extents) {
        Tensor tensor = zeros(type, extents);
        for (long i = 0; i < tensor.elements(); i++) {
            Elements.set(tensor, i, value);
        }
        return tensor;
    }

    /** What an output holds before it is written: NaN, so that an element nobody writes is seen. */
    public Tensor unset(DType type, long... extents) {
        return constant(Double.NaN, type, extents);
    }

    public Tensor values(DType type, double... values) {
        Tensor tensor = zeros(type, values.length);
        for (int i = 0; i < values.length; i++) {
            Elements.set(tensor, i, values[i]);
        }
        return tensor;
    }

    public Tensor ints(int... values) {
        Tensor tensor = zeros(DType.INT32, values.length);
        for (int i = 0; i < values.length; i++) {
            Elements.setInt(tensor, i, values[i]);
        }
        return tensor;
    }

    public Tensor longs(long... values) {
        Tensor tensor = zeros(DType.INT64, values.length);
        for (int i = 0; i < values.length; i++) {
            Elements.setLong(tensor, i, values[i]);
        }
        return tensor;
    }

    /** A copy with another value for each element, rounded to {@code type}. */
    public Tensor map(Tensor tensor, DType type, DoubleUnaryOperator value) {
        Tensor copy = zeros(type, tensor.shape().toArray());
        for (long i = 0; i < copy.elements(); i++) {
            Elements.set(copy, i, value.applyAsDouble(Elements.get(tensor, i)));
        }
        return copy;
    }

    /** Magnitudes, in FLOAT64. */
    public Tensor magnitudes(Tensor tensor) {
        return map(tensor, DType.FLOAT64, Math::abs);
    }
}
