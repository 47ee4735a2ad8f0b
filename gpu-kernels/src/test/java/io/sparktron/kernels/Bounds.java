package io.sparktron.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sparktron.kernels.check.Roundoff;
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
    private Bounds() {}

    /**
     * {@code |actual - expected| <= units u magnitude} with the u of float32, in which every backend computes, and what the stores to the tensor's type add; element by
     * element.
     */
    static void assertWithin(
            String name, Tensor actual, Tensor expected, LongToDoubleFunction units, LongToDoubleFunction magnitude) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        for (long i = 0; i < actual.elements(); i++) {
            double e = Elements.get(expected, i);
            double a = Elements.get(actual, i);
            double bound = units.applyAsDouble(i) * Roundoff.FLOAT32 * magnitude.applyAsDouble(i)
                    + Roundoff.stores(actual.type(), a, e);
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
