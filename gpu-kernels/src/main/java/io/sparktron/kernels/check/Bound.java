package io.sparktron.kernels.check;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Tensor;
import java.util.function.LongToDoubleFunction;

/** How far an element of a result may be from what it is without rounding; what the store to its type adds is {@link Roundoff}'s. */
@FunctionalInterface
public interface Bound {
    /** The same bits, but for the payload of a NaN. */
    Bound EXACT = (expected, i) -> 0;

    /**
     * @param expected the oracle's results
     * @param i index of the element
     */
    double at(Results expected, long i);

    /** So many roundings of float32, each on a number of so large a magnitude. */
    static Bound roundings(LongToDoubleFunction units, LongToDoubleFunction magnitude) {
        return (expected, i) -> units.applyAsDouble(i) * Roundoff.FLOAT32 * magnitude.applyAsDouble(i);
    }

    /** So many roundings of float32 on the magnitudes of another tensor. */
    static Bound roundings(double units, Tensor magnitude) {
        return roundings(i -> units, i -> Math.abs(Elements.get(magnitude, i)));
    }

    /** So many roundings of float32 of the result itself. */
    static Bound relative(String result, LongToDoubleFunction units) {
        return (expected, i) -> units.applyAsDouble(i) * Roundoff.FLOAT32 * Math.abs(expected.get(result, i));
    }
}
