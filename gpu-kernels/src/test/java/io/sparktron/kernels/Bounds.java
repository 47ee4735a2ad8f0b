package io.sparktron.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sparktron.kernels.host.Elements;
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

    /** {@code |actual - expected| <= units u magnitude}, and one unit for the oracle's own rounding, element by element. */
    static void assertWithin(
            String name, Tensor actual, Tensor expected, LongToDoubleFunction units, LongToDoubleFunction magnitude) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        for (long i = 0; i < actual.elements(); i++) {
            double e = Elements.get(expected, i);
            double a = Elements.get(actual, i);
            double bound = units.applyAsDouble(i) * U * magnitude.applyAsDouble(i) + U * Math.abs(e) + UNDERFLOW;
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

    /** A copy with another value for each element. */
    static Tensor map(Tensor tensor, DoubleUnaryOperator value) {
        Tensor copy = Tensors.copyOf(tensor);
        for (long i = 0; i < copy.elements(); i++) {
            Elements.set(copy, i, value.applyAsDouble(Elements.get(copy, i)));
        }
        return copy;
    }

    static Tensor abs(Tensor tensor) {
        return map(tensor, Math::abs);
    }
}
