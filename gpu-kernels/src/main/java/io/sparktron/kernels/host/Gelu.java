package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The tanh form of GELU (Hendrycks and Gimpel 2016) and its derivative, by lane and alone, with equal bits. Because
 * {@code (1 + tanh z) / 2 = 1 / (1 + exp(-2z))}, it needs no tanh: {@code gelu(u) = u sigmoid(w)} with
 * {@code w = 2 sqrt(2/pi) (u + 0.044715 u^3)}, and nothing cancels.
 */
final class Gelu {
    private static final double SLOPE = 2 * Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715;
    private static final float LINEAR = (float) SLOPE;
    private static final float CUBED = (float) (SLOPE * CUBIC);
    private static final float DERIVATIVE_SQUARED = (float) (3 * SLOPE * CUBIC);

    private static final FloatVector LINEAR_LANES = FloatVector.broadcast(SPECIES, LINEAR);
    private static final FloatVector CUBED_LANES = FloatVector.broadcast(SPECIES, CUBED);
    private static final FloatVector DERIVATIVE_SQUARED_LANES = FloatVector.broadcast(SPECIES, DERIVATIVE_SQUARED);
    private static final FloatVector ONES = FloatVector.broadcast(SPECIES, 1f);
    private static final FloatVector ZEROS = FloatVector.zero(SPECIES);

    private Gelu() {}

    static float value(float u) {
        float w = u * Math.fma(u * u, CUBED, LINEAR);
        return u / (Exponential.exp(-w) + 1);
    }

    static FloatVector value(FloatVector u) {
        FloatVector w = u.mul(u.mul(u).fma(CUBED_LANES, LINEAR_LANES));
        return u.div(Exponential.exp(w.neg()).add(ONES));
    }

    /** {@code sigmoid(w) + u w' sigmoid(w) (1 - sigmoid(w))}; the exponential is taken of -|w|, which cannot overflow. */
    static float derivative(float u) {
        float square = u * u;
        float w = u * Math.fma(square, CUBED, LINEAR);
        float e = Exponential.exp(-Math.abs(w));
        float q = 1 / (e + 1);
        float other = e * q; // 1 - q
        float sigmoid = w < 0 ? other : q;
        return Math.fma(u * Math.fma(square, DERIVATIVE_SQUARED, LINEAR), other * q, sigmoid);
    }

    static FloatVector derivative(FloatVector u) {
        FloatVector square = u.mul(u);
        FloatVector w = u.mul(square.fma(CUBED_LANES, LINEAR_LANES));
        FloatVector e = Exponential.exp(w.abs().neg());
        FloatVector q = ONES.div(e.add(ONES));
        FloatVector other = e.mul(q); // 1 - q
        FloatVector sigmoid = q.blend(other, w.compare(VectorOperators.LT, ZEROS));
        return u.mul(square.fma(DERIVATIVE_SQUARED_LANES, LINEAR_LANES)).fma(other.mul(q), sigmoid);
    }
}
