package io.sparktron.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongToDoubleFunction;

/**
 * Comparison with the oracle under bounds of classical rounding analysis (Higham, "Accuracy and stability of numerical algorithms", chapter 3): a
 * sum of k rounded operations errs by at most k u times the sum of the magnitudes that enter it.
 */
final class Bounds {
    /** Unit roundoff of float32. */
    static final double U = 0x1p-24;

    /** An exponential below the smallest normal number may vanish; the kernels multiply it with factors below 2^10. */
    private static final double UNDERFLOW = 0x1p-126 * 0x1p10;

    private Bounds() {}

    /** Unit roundoff of a type. */
    static double roundoff(DType type) {
        return switch (type) {
            case FLOAT16 -> 0x1p-11;
            case BFLOAT16 -> 0x1p-8;
            default -> U;
        };
    }

    /** What two results of 16 bits that would be equal in FLOAT32 may differ by at most: each is rounded once more, or to the smallest number. */
    static double rounding(DType type, double one, double other) {
        return switch (type) {
            case FLOAT16 -> 2 * roundoff(type) * Math.max(Math.abs(one), Math.abs(other)) + 0x1p-24;
            case BFLOAT16 -> 2 * roundoff(type) * Math.max(Math.abs(one), Math.abs(other)) + 0x1p-133;
            default -> 0;
        };
    }

    /**
     * {@code |actual - expected| <= units u magnitude} with the u of float32, in which every backend computes; one unit for the oracle's own rounding, and the rounding
     * of the tensor's type; element by element.
     */
    static void assertWithin(
            String name, Tensor actual, Tensor expected, LongToDoubleFunction units, LongToDoubleFunction magnitude) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        for (long i = 0; i < actual.elements(); i++) {
            double e = Elements.get(expected, i);
            double a = Elements.get(actual, i);
            double bound = units.applyAsDouble(i) * U * magnitude.applyAsDouble(i)
                    + U * Math.abs(e)
                    + UNDERFLOW
                    + rounding(actual.type(), a, e);
            if (!(Math.abs(a - e) <= bound)) {
                fail("%s[%d] is %s, expected %s within %s", name, i, a, e, bound);
            }
        }
    }

    static void assertWithin(String name, Tensor actual, Tensor expected, double units, Tensor magnitude) {
        assertWithin(name, actual, expected, i -> units, i -> Math.abs(Elements.get(magnitude, i)));
    }

    /** Equal bits, but for the payload of a NaN. */
    static void assertSame(String name, Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        for (long i = 0; i < actual.elements(); i++) {
            double a = Elements.get(actual, i);
            double e = Elements.get(expected, i);
            if (Double.doubleToLongBits(a) != Double.doubleToLongBits(e)) {
                fail("%s[%d] is %s, expected exactly %s", name, i, a, e);
            }
        }
    }

    /** A result of one operation: in FLOAT32 its exact value rounded, so equal bits; in 16 bits that rounded again. */
    static void assertRounded(String name, Tensor actual, Tensor expected) {
        if (actual.type() == DType.FLOAT32) {
            assertSame(name, actual, expected);
        } else {
            assertWithin(name, actual, expected, i -> 0, i -> 0);
        }
    }

    /** A FLOAT32 copy with another value for each element. */
    static Tensor map(Tensor tensor, DoubleUnaryOperator value) {
        Tensor copy = Tensors.zeros(tensor.shape().toArray());
        for (long i = 0; i < copy.elements(); i++) {
            Elements.set(copy, i, value.applyAsDouble(Elements.get(tensor, i)));
        }
        return copy;
    }

    /** Magnitudes, in FLOAT32. */
    static Tensor abs(Tensor tensor) {
        return map(tensor, Math::abs);
    }
}
