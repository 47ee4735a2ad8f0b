package io.sparktron.collective;

import io.sparktron.kernels.Tensors;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HalfPrecision;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.SplittableRandom;

/** Operands whose sums depend on the order of addition, and what must become of them. */
final class Operands {
    private Operands() {}

    /** Where a rank's tensors lie. */
    enum Home {
        SHARED,
        PRIVATE,
        /** Shared on even ranks only. */
        MIXED;

        Allocator allocator(Communicator group) {
            boolean shared = this == SHARED || this == MIXED && group.rank() % 2 == 0;
            return shared ? group.allocator() : HostMemory::allocate;
        }
    }

    /** An uninitialised tensor, at an odd place inside a larger allocation. */
    static Tensor tensor(Allocator allocator, long elements) {
        return tensor(allocator, DType.FLOAT32, elements);
    }

    static Tensor tensor(Allocator allocator, DType type, long elements) {
        long before = 13;
        return new Tensor(
                allocator.allocate("operand", (elements + 2 * before) * type.bytes()),
                before * type.bytes(),
                type,
                Shape.of(elements));
    }

    /** Numbers of very different magnitudes. */
    static float[] values(int rank, int elements) {
        return values(DType.FLOAT32, rank, elements);
    }

    /** Numbers of a type, whose sums of FLOAT16 overflow now and then. */
    static float[] values(DType type, int rank, int elements) {
        SplittableRandom random = new SplittableRandom(1000 + rank);
        int magnitude = type == DType.FLOAT16 ? 4 : 6;
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            double value = random.nextGaussian() * Math.pow(10, random.nextInt(-magnitude, magnitude + 1));
            values[i] = rounded(type, (float) value);
        }
        return values;
    }

    /** The nearest number of the type. */
    static float rounded(DType type, float value) {
        return switch (type) {
            case FLOAT16 -> HalfPrecision.fromFloat16(HalfPrecision.toFloat16((double) value));
            case BFLOAT16 -> HalfPrecision.fromBFloat16(HalfPrecision.toBFloat16((double) value));
            default -> value;
        };
    }

    static Tensor write(Tensor tensor, float[] values) {
        for (int i = 0; i < values.length; i++) {
            Elements.set(tensor, i, values[i]);
        }
        return tensor;
    }

    static float[] read(Tensor tensor) {
        double[] wide = Tensors.values(tensor);
        float[] values = new float[wide.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) wide[i];
        }
        return values;
    }

    /** The reduction over the first {@code ranks} ranks' {@link #values}, in rank order. */
    static float[] reduced(Reduction reduction, int ranks, int elements) {
        float[] result = values(0, elements);
        for (int rank = 1; rank < ranks; rank++) {
            float[] x = values(rank, elements);
            for (int i = 0; i < elements; i++) {
                result[i] = reduction == Reduction.SUM ? result[i] + x[i] : Math.max(result[i], x[i]);
            }
        }
        return result;
    }
}
