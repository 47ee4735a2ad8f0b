package io.sparktron.kernels.check;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layer normalization of rows whose mean is not small against their spread. */
public final class NormalizationChecks {
    private static final float EPSILON = 1e-5f;
    /** n and h. */
    private static final long[][] SIZES = {
        {1, 1}, {5, 7}, {13, 17}, {3, 64}, {301, 97}, {2, 4099}, {3, 8192}, {70, 264}, {0, 5}
    };

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
            NormalizationMagnitudes magnitudes = new NormalizationMagnitudes(x, weight);
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
                    .within("mean", Bound.roundings(i -> h, magnitudes::ofMean))
                    .within(
                            "inverse",
                            (expected, i) -> Roundoff.FLOAT32
                                    * magnitudes.inverseUnits(expected.get("inverse"), i)
                                    * Math.abs(expected.get("inverse", i)))
                    .within(
                            "y",
                            (expected, i) -> Roundoff.FLOAT32
                                    * magnitudes.ofOutput(bias, expected.get("mean"), expected.get("inverse"), i));
        });
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
            NormalizationMagnitudes.Gradients magnitudes = new NormalizationMagnitudes(x, weight)
                    .ofGradients(host, dy, mean, inverse, new NormalizationMagnitudes.Gradients(dx, dWeight, dBias));
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
                    .within("dx", Bound.roundings(h + 8, magnitudes.dx()))
                    .within("dWeight", Bound.roundings(n + 4, magnitudes.dWeight()))
                    .within("dBias", Bound.roundings(n + 1, magnitudes.dBias()));
        });
    }

    private static Tensor shifted(HostTensors host, DType type, long... size) {
        return host.map(host.normal(1, DType.FLOAT32, size), type, v -> 3 * v + 5);
    }
}
