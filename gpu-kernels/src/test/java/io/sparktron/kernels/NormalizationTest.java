package io.sparktron.kernels;

import static io.sparktron.kernels.Bounds.assertWithin;
import static io.sparktron.kernels.Tensors.copyOf;
import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.check.NormalizationMagnitudes;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#ofAllTypes")
record NormalizationTest(Backends backend) {
    private static final float EPSILON = 1e-5f;
    private static final long[][] SIZES = {
        {1, 1}, {5, 7}, {13, 17}, {3, 64}, {301, 97}, {2, 4099}, {3, 8192}, {70, 264}, {0, 5}
    };

    @Test
    void forward() {
        for (long[] size : SIZES) {
            Tensor x = backend.round(shifted(size));
            Tensor weight = backend.round(normal(2, size[1]));
            Tensor bias = backend.round(normal(3, size[1]));
            Result expected = Result.of(Backends.ORACLE, x, weight, bias);
            Result actual = Result.of(backend, x, weight, bias);
            long h = size[1];
            NormalizationMagnitudes magnitudes = new NormalizationMagnitudes(x, weight);
            assertWithin("mean", actual.mean, expected.mean, i -> h, magnitudes::ofMean);
            assertWithin(
                    "inverse",
                    actual.inverse,
                    expected.inverse,
                    i -> magnitudes.inverseUnits(expected.inverse, i),
                    i -> Elements.get(expected.inverse, i));
            assertWithin(
                    "y",
                    actual.y,
                    expected.y,
                    i -> 1,
                    i -> magnitudes.ofOutput(bias, expected.mean, expected.inverse, i));
        }
    }

    @Test
    void backward() {
        for (long[] size : SIZES) {
            long n = size[0];
            long h = size[1];
            Tensor x = backend.round(shifted(size));
            Tensor weight = backend.round(normal(2, h));
            Tensor dy = backend.round(normal(4, size));
            Result kept = Result.of(Backends.ORACLE, x, weight, backend.zeros(h));
            Gradients start = new Gradients(backend.round(normal(5, size)), normal(6, h), normal(7, h));
            Gradients expected = start.after(Backends.ORACLE, dy, x, weight, kept);
            Gradients actual = start.after(backend, dy, x, weight, kept);
            NormalizationMagnitudes.Gradients magnitude = new NormalizationMagnitudes(x, weight)
                    .ofGradients(
                            Tensors.HOST,
                            dy,
                            kept.mean,
                            kept.inverse,
                            new NormalizationMagnitudes.Gradients(start.dx, start.dWeight, start.dBias));
            assertWithin("dx", actual.dx, expected.dx, h + 8, magnitude.dx());
            assertWithin("dWeight", actual.dWeight, expected.dWeight, n + 4, magnitude.dWeight());
            assertWithin("dBias", actual.dBias, expected.dBias, n + 1, magnitude.dBias());
        }
    }

    @Test
    void wrongOperandsAreNamed() {
        Tensor x = zeros(5, 3);
        assertThatThrownBy(() -> Result.of(backend, x, zeros(4), zeros(3)))
                .hasMessage("weight has shape [4], expected [3]");
        assertThatThrownBy(() -> Result.of(backend, x, zeros(3), zeros(4)))
                .hasMessage("bias has shape [4], expected [3]");
        Result kept = new Result(x, zeros(4), zeros(5));
        assertThatThrownBy(() -> new Gradients(x, zeros(3), zeros(3)).after(backend, x, x, zeros(3), kept))
                .hasMessage("mean has shape [4], expected [5]");
    }

    /** Rows whose mean is not small against their spread. */
    private static Tensor shifted(long... size) {
        return Bounds.map(normal(1, size), v -> 3 * v + 5);
    }

    private record Result(Tensor y, Tensor mean, Tensor inverse) {
        static Result of(Backends on, Tensor x, Tensor weight, Tensor bias) {
            Result result = new Result(zeros(x.type(), x.shape().toArray()), zeros(x.extent(0)), zeros(x.extent(0)));
            on.run(o -> o.kernels()
                    .normalization()
                    .forward(o.queue(), x, weight, bias, EPSILON, result.y, result.mean, result.inverse));
            return result;
        }
    }

    private record Gradients(Tensor dx, Tensor dWeight, Tensor dBias) {
        Gradients after(Backends on, Tensor dy, Tensor x, Tensor weight, Result kept) {
            Gradients sums = new Gradients(copyOf(dx), copyOf(dWeight), copyOf(dBias));
            on.run(o -> o.kernels()
                    .normalization()
                    .backward(o.queue(), dy, x, weight, kept.mean, kept.inverse, sums.dx, sums.dWeight, sums.dBias));
            return sums;
        }
    }
}
