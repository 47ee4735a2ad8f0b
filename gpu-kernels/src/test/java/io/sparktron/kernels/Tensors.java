package io.sparktron.kernels;

import io.sparktron.kernels.check.HostTensors;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.SplittableRandom;

/** Small host tensors for tests: each in memory of its own, which lives as long as the test JVM. */
public final class Tensors {
    /** What makes the operands of checks, for their magnitudes. */
    static final HostTensors HOST = new HostTensors(HostMemory::allocate);

    private Tensors() {}

    public static Tensor zeros(DType type, long... extents) {
        Shape shape = Shape.of(extents);
        HostMemory memory = HostMemory.allocate("test", shape.elements() * type.bytes());
        return new Tensor(memory, 0, type, shape);
    }

    public static Tensor zeros(long... extents) {
        return zeros(DType.FLOAT32, extents);
    }

    /** Standard normal numbers. */
    public static Tensor normal(long seed, long... extents) {
        return scaledNormal(seed, 1, extents);
    }

    /** Normal numbers with a standard deviation of {@code scale}. */
    public static Tensor scaledNormal(long seed, double scale, long... extents) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor tensor = zeros(extents);
        for (long i = 0; i < tensor.elements(); i++) {
            Elements.set(tensor, i, scale * random.nextGaussian());
        }
        return tensor;
    }

    public static Tensor constant(double value, long... extents) {
        Tensor tensor = zeros(extents);
        for (long i = 0; i < tensor.elements(); i++) {
            Elements.set(tensor, i, value);
        }
        return tensor;
    }

    public static Tensor ints(int... values) {
        Tensor tensor = zeros(DType.INT32, values.length);
        for (int i = 0; i < values.length; i++) {
            Elements.setInt(tensor, i, values[i]);
        }
        return tensor;
    }

    public static Tensor longs(long... values) {
        Tensor tensor = zeros(DType.INT64, values.length);
        for (int i = 0; i < values.length; i++) {
            Elements.setLong(tensor, i, values[i]);
        }
        return tensor;
    }

    public static Tensor floats(double... values) {
        Tensor tensor = zeros(values.length);
        for (int i = 0; i < values.length; i++) {
            Elements.set(tensor, i, values[i]);
        }
        return tensor;
    }

    public static Tensor copyOf(Tensor tensor) {
        Tensor copy = zeros(tensor.type(), tensor.shape().toArray());
        for (long i = 0; i < tensor.elements(); i++) {
            if (tensor.type() == DType.INT32) {
                Elements.setInt(copy, i, Elements.getInt(tensor, i));
            } else {
                Elements.set(copy, i, Elements.get(tensor, i));
            }
        }
        return copy;
    }

    /** All elements, widened. */
    public static double[] values(Tensor tensor) {
        double[] values = new double[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Elements.get(tensor, i);
        }
        return values;
    }
}
