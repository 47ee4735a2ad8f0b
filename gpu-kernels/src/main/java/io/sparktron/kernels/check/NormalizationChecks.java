package io.sparktron.kernels.check;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layer normalization of rows whose mean is not small against their spread. */
public final class NormalizationChecks {
    private static final float EPSILON = 1e-5f;
    /** n and h. */
    private static final long[][] SIZES = {{1, 1}, {5, 7}, {13, 17}, {3, 64}, {301, 97}, {2, 4099}, {0, 5}};

    private NormalizationChecks() {}

    static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        for (long[] size : SIZES) {
            checks.add(forward(type, size));
            checks.add(backward(type, size));
        }
        return checks;
    }

    private static Check forward(DType type, long[] size) {
        long n = size[0];
        long h = size[1];
        return new Check("normalization.forward", type, Arrays.toString(size), host -> {
            Tensor x = shifted(host, type, size);
            Tensor weight = host.normal(2, type, h);
            Tensor bias = host.normal(3, type, h);
            Tensor unset = host.unset(type, size);
            Tensor unsetRows = host.unset(DType.FLOAT32, n);
            return new Case(bench -> bench.normalization()
                            .forward(
                                    bench.queue(),
                                    bench.input(x),
                                    bench.input(weight),
                                    bench.input(bias),
                                    EPSILON,
                                    bench.output("y", unset),
                                    bench.output("mean", unsetRows),
                                    bench.output("inverse", unsetRows)))
                    .within("mean", Bound.roundings(i -> h, i -> meanMagnitude(x, i)))
                    .within(
                            "inverse",
                            (expected, i) -> Roundoff.FLOAT32
                                    * inverseUnits(x, expected, i)
                                    * Math.abs(expected.get("inverse", i)))
                    .within("y", (expected, i) -> Roundoff.FLOAT32 * magnitude(x, weight, bias, expected, i));
        });
    }

    /** Relative error of 1 / sqrt(variance + epsilon): half that of the variance, which has h + 4 roundings and the square of the mean's error. */
    private static double inverseUnits(Tensor x, Results expected, long row) {
        double h = x.extent(1);
        double meanError = h * Roundoff.FLOAT32 * meanMagnitude(x, row);
        double inverse = expected.get("inverse", row);
        return 2 + (h + 4) / 2 + meanError * meanError * inverse * inverse / Roundoff.FLOAT32;
    }

    /** In units: the mean's error and the row's relative error on the distance from it, scaled by weight; two more roundings at the end. */
    private static double magnitude(Tensor x, Tensor weight, Tensor bias, Results expected, long i) {
        long h = x.extent(1);
        double inverse = expected.get("inverse", i / h);
        double distance = Math.abs(Elements.get(x, i) - expected.get("mean", i / h));
        double w = Math.abs(Elements.get(weight, i % h));
        double meanError = (h + 1) * meanMagnitude(x, i / h);
        double units = 4 + inverseUnits(x, expected, i / h);
        return w * inverse * (meanError + distance * units) + Math.abs(Elements.get(bias, i % h));
    }

    private static double meanMagnitude(Tensor x, long row) {
        long h = x.extent(1);
        double sum = 0;
        for (long j = 0; j < h; j++) {
            sum += Math.abs(Elements.get(x, row * h + j));
        }
        return sum / h;
    }

    private static Check backward(DType type, long[] size) {
        long n = size[0];
        long h = size[1];
        return new Check("normalization.backward", type, Arrays.toString(size), host -> {
            Tensor x = shifted(host, type, size);
            Tensor weight = host.normal(2, type, h);
            Tensor dy = host.normal(4, type, size);
            Tensor mean = host.zeros(DType.FLOAT32, n);
            Tensor inverse = host.zeros(DType.FLOAT32, n);
            Oracle.KERNELS
                    .normalization()
                    .forward(
                            Oracle.QUEUE,
                            x,
                            weight,
                            host.zeros(type, h),
                            EPSILON,
                            host.zeros(type, size),
                            mean,
                            inverse);
            Tensor dx = host.normal(5, type, size);
            Tensor dWeight = host.normal(6, DType.FLOAT32, h);
            Tensor dBias = host.normal(7, DType.FLOAT32, h);
            Magnitudes magnitudes =
                    new Magnitudes(host.magnitudes(dx), host.magnitudes(dWeight), host.magnitudes(dBias));
            magnitudes.add(dy, x, weight, mean, inverse);
            return new Case(bench -> bench.normalization()
                            .backward(
                                    bench.queue(),
                                    bench.input(dy),
                                    bench.input(x),
                                    bench.input(weight),
                                    bench.input(mean),
                                    bench.input(inverse),
                                    bench.output("dx", dx),
                                    bench.output("dWeight", dWeight),
                                    bench.output("dBias", dBias)))
                    .within("dx", Bound.roundings(h + 8, magnitudes.dx))
                    .within("dWeight", Bound.roundings(n + 4, magnitudes.dWeight))
                    .within("dBias", Bound.roundings(n + 1, magnitudes.dBias));
        });
    }

    /** The sums of backward with every term's magnitude in its place. */
    private record Magnitudes(Tensor dx, Tensor dWeight, Tensor dBias) {
        void add(Tensor dy, Tensor x, Tensor weight, Tensor mean, Tensor inverse) {
            int h = (int) x.extent(1);
            for (long i = 0; i < x.extent(0); i++) {
                double[] normalized = new double[h];
                double[] gradient = new double[h];
                double meanGradient = 0;
                double meanProduct = 0;
                for (int j = 0; j < h; j++) {
                    double d = Math.abs(Elements.get(dy, i * h + j));
                    normalized[j] =
                            Math.abs(Elements.get(x, i * h + j) - Elements.get(mean, i)) * Elements.get(inverse, i);
                    gradient[j] = d * Math.abs(Elements.get(weight, j));
                    meanGradient += gradient[j] / h;
                    meanProduct += gradient[j] * normalized[j] / h;
                    Elements.add(dWeight, j, d * normalized[j]);
                    Elements.add(dBias, j, d);
                }
                for (int j = 0; j < h; j++) {
                    double sum = gradient[j] + meanGradient + normalized[j] * meanProduct;
                    Elements.add(dx, i * h + j, Elements.get(inverse, i) * sum);
                }
            }
        }
    }

    private static Tensor shifted(HostTensors host, DType type, long... size) {
        return host.map(host.normal(1, DType.FLOAT32, size), type, v -> 3 * v + 5);
    }
}
