package io.sparktron.kernels.check;

/** What the bounds of GELU and of its derivative are made of: {@code gelu(u) = u sigmoid(w)}. */
public final class GeluMagnitudes {
    /** {@code sqrt(2/pi)}, twice. */
    private static final double SLOPE = 2 * Math.sqrt(2 / Math.PI);

    private static final double CUBIC = 0.044715;

    private GeluMagnitudes() {}

    /** w = 2 sqrt(2/pi) (u + 0.044715 u^3). */
    public static double argument(double u) {
        return SLOPE * (u + CUBIC * u * u * u);
    }

    /** The two terms of the derivative, {@code s + u w' s (1 - s)} with s = sigmoid(w), each with its magnitude. */
    public static double derivative(double u) {
        double sigmoid = 1 / (1 + Math.exp(-argument(u)));
        return sigmoid + Math.abs(u) * SLOPE * (1 + 3 * CUBIC * u * u) * sigmoid * (1 - sigmoid);
    }
}
