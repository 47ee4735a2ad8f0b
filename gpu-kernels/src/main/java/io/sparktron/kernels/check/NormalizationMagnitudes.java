package io.sparktron.kernels.check;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;

/** What the bounds of layer normalization are made of: its sums with every term's magnitude in its place, and how its roundings add up. */
public final class NormalizationMagnitudes {
    private final Tensor x; // [n, h]
    private final Tensor weight; // [h]
    private final int width; // h
    private final double[] means; // [n], of magnitudes

    /**
     * @param x [n, h]
     * @param weight [h]
     */
    public NormalizationMagnitudes(Tensor x, Tensor weight) {
        this.x = x;
        this.weight = weight;
        this.width = (int) x.extent(1);
        this.means = new double[(int) x.extent(0)];
        for (long i = 0; i < x.elements(); i++) {
            means[(int) (i / width)] += Math.abs(Elements.get(x, i)) / width;
        }
    }

    /** Mean of the row's magnitudes: the mean itself has h roundings of it. */
    public double ofMean(long row) {
        return means[(int) row];
    }

    /** Relative error of 1 / sqrt(variance + epsilon): half that of the variance, which has h + 4 roundings and the square of the mean's error. */
    public double inverseUnits(Tensor inverse, long row) {
        double meanError = width * Roundoff.FLOAT32 * ofMean(row);
        double factor = Elements.get(inverse, row);
        return 2 + (width + 4) / 2.0 + meanError * meanError * factor * factor / Roundoff.FLOAT32;
    }

    /**
     * Of element i of y, in units: the mean's error and the row's relative error on the distance from it, scaled by weight; two more roundings at the end.
     *
     * @param bias [h]
     * @param mean [n], the oracle's
     * @param inverse [n], the oracle's
     */
    public double ofOutput(Tensor bias, Tensor mean, Tensor inverse, long i) {
        long row = i / width;
        double w = Math.abs(Elements.get(weight, i % width));
        double meanError = (width + 1) * ofMean(row);
        double units = 4 + inverseUnits(inverse, row);
        double sum = w * Elements.get(inverse, row) * (meanError + distance(mean, i) * units);
        return sum + Math.abs(Elements.get(bias, i % width));
    }

    private double distance(Tensor mean, long i) {
        return Math.abs(Elements.get(x, i) - Elements.get(mean, i / width));
    }

    /**
     * The sums of backward; their roundings are h + 8, n + 4 and n + 1.
     *
     * @param dx [n, h]
     * @param dWeight [h]
     * @param dBias [h]
     */
    public record Gradients(Tensor dx, Tensor dWeight, Tensor dBias) {}

    /**
     * Of gradients that were added to others.
     *
     * @param dy [n, h]
     * @param mean [n], as given to backward
     * @param inverse [n], as given to backward
     * @param start what the gradients were before
     */
    public Gradients ofGradients(HostTensors host, Tensor dy, Tensor mean, Tensor inverse, Gradients start) {
        Gradients sums = new Gradients(
                host.map(start.dx, DType.FLOAT64, Math::abs),
                host.map(start.dWeight, DType.FLOAT64, Math::abs),
                host.map(start.dBias, DType.FLOAT64, Math::abs));
        int h = width;
        for (long i = 0; i < x.extent(0); i++) {
            double[] normalized = new double[h];
            double[] gradient = new double[h];
            double meanGradient = 0;
            double meanProduct = 0;
            for (int j = 0; j < h; j++) {
                double d = Math.abs(Elements.get(dy, i * h + j));
                normalized[j] = distance(mean, i * h + j) * Elements.get(inverse, i);
                gradient[j] = d * Math.abs(Elements.get(weight, j));
                meanGradient += gradient[j] / h;
                meanProduct += gradient[j] * normalized[j] / h;
                Elements.add(sums.dWeight, j, d * normalized[j]);
                Elements.add(sums.dBias, j, d);
            }
            for (int j = 0; j < h; j++) {
                double sum = gradient[j] + meanGradient + normalized[j] * meanProduct;
                Elements.add(sums.dx, i * h + j, Elements.get(inverse, i) * sum);
            }
        }
        return sums;
    }
}
