package io.sparktron.kernels.check;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.SampleRows;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What stands between two matrix products, apart and in place. */
public final class ElementwiseChecks {
    /** n and c: more elements than a block among them, whole vectors, more rows than run at a time on a GPU, and none. */
    private static final long[][] SIZES = {
        {1, 1}, {5, 7}, {13, 17}, {3, 64}, {701, 97}, {1, 40_001}, {40, 264}, {14_001, 1}, {0, 5}, {5, 0}
    };

    private static final Dropout DROPOUT = new Dropout(0.3, 5, DropoutSite.MLP_OUTPUT.of(1));

    private ElementwiseChecks() {}

    static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        for (long[] size : SIZES) {
            checks.add(bias(type, size));
            checks.add(biasBackward(type, size));
            checks.add(biasGelu(type, size));
            checks.add(biasGeluBackward(type, size));
            checks.add(biasTanh(type, size));
            checks.add(biasTanhBackward(type, size));
            for (Dropout dropout : List.of(Dropout.NONE, DROPOUT)) {
                checks.add(biasDropoutResidual(type, size, dropout));
                checks.add(dropout(type, size, dropout));
            }
            checks.add(add(type, size));
            checks.add(fill(type, size));
        }
        checks.addAll(ends(type));
        checks.addAll(casts(type));
        return checks;
    }

    private static String shape(long... size) {
        return Arrays.toString(size);
    }

    /** One rounded addition: of float32 the oracle's sum in double, rounded, is the same number. */
    private static Check bias(DType type, long[] size) {
        return new Check("elementwise.bias", type, shape(size), host -> {
            Tensor x = host.normal(1, type, size);
            Tensor bias = host.normal(2, type, size[1]);
            Tensor unset = host.unset(type, size);
            Bound bound = once(type, "y");
            return new Case(bench -> {
                        Tensor b = bench.input(bias);
                        Tensor shared = bench.output("y in place of x", x);
                        bench.elementwise().bias(bench.queue(), bench.input(x), b, bench.output("y", unset));
                        bench.elementwise().bias(bench.queue(), shared, b, shared);
                    })
                    .within("y", bound)
                    .within("y in place of x", bound);
        });
    }

    /** One rounding of float32 before the store: none that the oracle has not where that is the type. */
    private static Bound once(DType type, String result) {
        return type == DType.FLOAT32 ? Bound.EXACT : Bound.relative(result, i -> 1);
    }

    private static Check biasBackward(DType type, long[] size) {
        return new Check("elementwise.biasBackward", type, shape(size), host -> {
            Tensor dy = host.normal(1, type, size);
            Tensor start = host.normal(2, DType.FLOAT32, size[1]);
            Tensor magnitude = host.magnitudes(start);
            Oracle.KERNELS.elementwise().biasBackward(Oracle.QUEUE, host.magnitudes(dy), magnitude);
            return new Case(bench -> bench.elementwise()
                            .biasBackward(bench.queue(), bench.input(dy), bench.output("dBias", start)))
                    .within("dBias", Bound.roundings(size[0], magnitude));
        });
    }

    /**
     * With w = 2z: the rounding of u = x + bias moves y by a relative (1 + 3|w|) u, the five roundings of w by 5|w| u; the exponential has 2.2 u,
     * the sum and the quotient one each.
     */
    private static Check biasGelu(DType type, long[] size) {
        return new Check("elementwise.biasGelu", type, shape(size), host -> {
            Tensor x = host.scaled(1, 3, type, size);
            Tensor bias = host.normal(2, type, size[1]);
            Tensor unset = host.unset(type, size);
            return new Case(bench -> bench.elementwise()
                            .biasGelu(bench.queue(), bench.input(x), bench.input(bias), bench.output("y", unset)))
                    .within(
                            "y",
                            Bound.relative("y", i -> 6 + 8 * Math.abs(GeluMagnitudes.argument(input(x, bias, i)))));
        });
    }

    /**
     * The derivative is s + u w' s (1 - s), s = sigmoid(w). As above, exp has a relative error of (8|w| + 2.2) u; s (1 - s) = e / (1 + e)^2
     * at most twice that and 6 u; u w' has 8 u; the last three operations one each.
     */
    private static Check biasGeluBackward(DType type, long[] size) {
        return new Check("elementwise.biasGeluBackward", type, shape(size), host -> {
            Tensor x = host.scaled(1, 3, type, size);
            Tensor bias = host.normal(2, type, size[1]);
            Tensor dy = host.normal(3, type, size);
            Tensor unset = host.unset(type, size);
            Bound bound = Bound.roundings(
                    i -> 22 + 16 * Math.abs(GeluMagnitudes.argument(input(x, bias, i))),
                    i -> Math.abs(Elements.get(dy, i)) * GeluMagnitudes.derivative(input(x, bias, i)));
            return backward(Elementwise::biasGeluBackward, dy, x, bias, unset, bound);
        });
    }

    /**
     * The rounding of u = x + bias moves tanh by a relative (1 - y^2) u / y, at most u. Near zero the polynomial's error is below u / 6, the product u^3
     * below a third of the result has 3 u and its sum one. Farther out e has 2.2 u of at most 0.29, 1 - e is at least 0.71 and has one u and e's 0.64 u / 0.71,
     * 1 + e one and 0.5, the quotient one.
     */
    private static Check biasTanh(DType type, long[] size) {
        return new Check("elementwise.biasTanh", type, shape(size), host -> {
            Tensor x = host.normal(1, type, size);
            Tensor bias = host.normal(2, type, size[1]);
            Tensor unset = host.unset(type, size);
            return new Case(bench -> bench.elementwise()
                            .biasTanh(bench.queue(), bench.input(x), bench.input(bias), bench.output("y", unset)))
                    .within("y", Bound.relative("y", i -> 1 + 5));
        });
    }

    /**
     * The rounding of u = x + bias moves 1 - tanh^2 by a relative 2 |u| u, for |tanh| is below 1; e has 2.2 u, 1 / (1 + e) at most 1.1 of those, two for sum and
     * quotient, and is squared; three products.
     */
    private static Check biasTanhBackward(DType type, long[] size) {
        return new Check("elementwise.biasTanhBackward", type, shape(size), host -> {
            Tensor x = host.scaled(1, 3, type, size);
            Tensor bias = host.normal(2, type, size[1]);
            Tensor dy = host.normal(3, type, size);
            Tensor unset = host.unset(type, size);
            Bound bound = Bound.relative("dx", i -> 12 + 2 * Math.abs(input(x, bias, i)));
            return backward(Elementwise::biasTanhBackward, dy, x, bias, unset, bound);
        });
    }

    /** The gradient of a function of x + bias. */
    @FunctionalInterface
    private interface Backward {
        void enqueue(Elementwise on, Queue queue, Tensor dy, Tensor x, Tensor bias, Tensor dx);
    }

    /** Apart, and in place of dy. */
    private static Case backward(Backward kernel, Tensor dy, Tensor x, Tensor bias, Tensor unset, Bound bound) {
        return new Case(bench -> {
                    Tensor shared = bench.output("dx in place of dy", dy);
                    Tensor xs = bench.input(x);
                    Tensor b = bench.input(bias);
                    Tensor dx = bench.output("dx", unset);
                    kernel.enqueue(bench.elementwise(), bench.queue(), bench.input(dy), xs, b, dx);
                    kernel.enqueue(bench.elementwise(), bench.queue(), shared, xs, b, shared);
                })
                .within("dx", bound)
                .within("dx in place of dy", bound);
    }

    /** Two rounded sums, and with dropout a rounded product. */
    private static Check biasDropoutResidual(DType type, long[] size, Dropout dropout) {
        return new Check("elementwise.biasDropoutResidual", type, shape(size) + dropping(dropout), host -> {
            Tensor x = host.normal(1, type, size);
            Tensor bias = host.normal(2, type, size[1]);
            Tensor residual = host.normal(3, type, size);
            Tensor unset = host.unset(type, size);
            Tensor positions = positions(host);
            Tensor magnitude = host.zeros(DType.FLOAT64, size);
            Oracle.KERNELS
                    .elementwise()
                    .biasDropoutResidual(
                            Oracle.QUEUE,
                            host.magnitudes(x),
                            host.magnitudes(bias),
                            host.magnitudes(residual),
                            dropout,
                            rows(positions, size[0]),
                            magnitude);
            Bound bound = Bound.roundings(3, magnitude);
            return new Case(bench -> {
                        Tensor xs = bench.input(x);
                        Tensor b = bench.input(bias);
                        SampleRows rows = rows(bench.input(positions), size[0]);
                        Tensor sharedX = bench.output("out in place of x", x);
                        Tensor sharedResidual = bench.output("out in place of residual", residual);
                        Tensor out = bench.output("out", unset);
                        Tensor r = bench.input(residual);
                        bench.elementwise().biasDropoutResidual(bench.queue(), xs, b, r, dropout, rows, out);
                        bench.elementwise().biasDropoutResidual(bench.queue(), sharedX, b, r, dropout, rows, sharedX);
                        bench.elementwise()
                                .biasDropoutResidual(
                                        bench.queue(), xs, b, sharedResidual, dropout, rows, sharedResidual);
                    })
                    .within("out", bound)
                    .within("out in place of x", bound)
                    .within("out in place of residual", bound);
        });
    }

    /** One rounded product. */
    private static Check dropout(DType type, long[] size, Dropout dropout) {
        return new Check("elementwise.dropout", type, shape(size) + dropping(dropout), host -> {
            Tensor x = host.normal(1, type, size);
            Tensor positions = positions(host);
            Tensor unset = host.unset(type, size);
            Bound bound = once(type, "y");
            return new Case(bench -> {
                        SampleRows rows = rows(bench.input(positions), size[0]);
                        Tensor shared = bench.output("y in place of x", x);
                        bench.elementwise()
                                .dropout(bench.queue(), bench.input(x), dropout, rows, bench.output("y", unset));
                        bench.elementwise().dropout(bench.queue(), shared, dropout, rows, shared);
                    })
                    .within("y", bound)
                    .within("y in place of x", bound);
        });
    }

    private static String dropping(Dropout dropout) {
        return dropout.active() ? ", dropping " + dropout.probability() : "";
    }

    private static Tensor positions(HostTensors host) {
        return host.longs(1L << 40, 3);
    }

    /** Some of the rows of two samples, from inside the first on. */
    private static SampleRows rows(Tensor positions, long n) {
        return new SampleRows(positions, n + 1, 2 * n / 3);
    }

    private static Check add(DType type, long[] size) {
        return new Check("elementwise.add", type, shape(size), host -> {
            Tensor x = host.normal(1, type, size);
            Tensor start = host.normal(2, type, size);
            return new Case(bench -> bench.elementwise().add(bench.queue(), bench.input(x), bench.output("y", start)))
                    .within("y", once(type, "y"));
        });
    }

    private static Check fill(DType type, long[] size) {
        return new Check("elementwise.fill", type, shape(size), host -> {
            Tensor unset = host.unset(type, size);
            Tensor slot = host.unset(DType.FLOAT64, 1);
            return new Case(bench -> {
                        bench.elementwise().fill(bench.queue(), bench.output("x", unset), -1.5);
                        bench.elementwise().fill(bench.queue(), bench.output("slot", slot), Math.PI);
                    })
                    .exact("x")
                    .exact("slot");
        });
    }

    /** Where the functions are flat, and what is not a number. */
    private static List<Check> ends(DType type) {
        double[] far = {-1e4, -60, -14, 14, 60, 1e4};
        double[] farther = {-3e4, -60, 0, 60, Double.POSITIVE_INFINITY, Double.NaN};
        Check gelu = new Check("elementwise.biasGelu", type, "far from zero", host -> {
            Tensor x = host.values(type, far).view(1, far.length);
            Tensor bias = host.zeros(type, far.length);
            return new Case(bench -> bench.elementwise()
                            .biasGelu(bench.queue(), bench.input(x), bench.input(bias), bench.output("y", x)))
                    .within("y", Bound.relative("y", i -> 6)); // -14 and beyond are below all that a store keeps
        });
        Check tanh = new Check("elementwise.biasTanh", type, "at its ends", host -> {
            Tensor x = host.values(type, farther).view(1, farther.length);
            Tensor bias = host.zeros(type, farther.length);
            return new Case(bench -> bench.elementwise()
                            .biasTanh(bench.queue(), bench.input(x), bench.input(bias), bench.output("y", x)))
                    .exact("y");
        });
        return List.of(gelu, tanh);
    }

    /** Every cast rounds to nearest even, as the oracle does. */
    private static List<Check> casts(DType type) {
        List<Check> checks = new ArrayList<>();
        for (DType to : new DType[] {DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16}) {
            checks.add(new Check("elementwise.copy", type, "to " + to.name().toLowerCase(Locale.ROOT), host -> {
                Tensor x = host.scaled(1, 300, type, 1013);
                Tensor unset = host.unset(to, 1013);
                return new Case(bench ->
                                bench.elementwise().copy(bench.queue(), bench.input(x), bench.output("y", unset)))
                        .exact("y");
            }));
        }
        return checks;
    }

    private static double input(Tensor x, Tensor bias, long i) {
        return Elements.get(x, i) + Elements.get(bias, i % bias.elements());
    }
}
