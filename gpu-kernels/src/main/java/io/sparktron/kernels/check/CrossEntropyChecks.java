package io.sparktron.kernels.check;

import static io.sparktron.kernels.CrossEntropy.IGNORED;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The parts of cross entropy one after the other, each on what the one before it made; padding columns hold NaN. */
public final class CrossEntropyChecks {
    private static final double SCALE = 7.0 / 3;
    private static final long FIRST = 100;
    private static final double START = 40;

    /** n, v and used columns; a rank may hold nothing but padding. */
    private static final int[][] SIZES = {
        {1, 1, 1}, {5, 7, 7}, {13, 40, 33}, {3, 33_001, 32_999}, {4, 16, 16}, {5, 8_256, 8_250}, {0, 3, 3}, {2, 3, 0}
    };

    private CrossEntropyChecks() {}

    static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        for (int[] size : SIZES) {
            String operands = "[" + size[0] + ", " + size[1] + "], " + size[2] + " used";
            checks.add(maximum(type, size, operands));
            checks.add(parts("crossEntropy.sums", type, size, operands, "sums"));
            checks.add(parts("crossEntropy.losses", type, size, operands, "losses"));
            checks.add(parts("crossEntropy.gradient", type, size, operands, "dLogits"));
            checks.add(inPlace(type, size, operands + ", in place"));
        }
        checks.add(notANumber(type));
        checks.add(correct(type));
        return checks;
    }

    private static Check maximum(DType type, int[] size, String operands) {
        return new Check("crossEntropy.maximum", type, operands, host -> {
            Problem problem = Problem.of(host, type, size);
            return new Case(bench -> bench.crossEntropy()
                            .maximum(
                                    bench.queue(),
                                    bench.input(problem.logits),
                                    problem.columns,
                                    bench.output("max", host.unset(DType.FLOAT32, size[0]))))
                    .exact("max");
        });
    }

    /** All parts up to the one whose result is compared, so that a part is charged with its own distance. */
    private static Check parts(String kernel, DType type, int[] size, String operands, String result) {
        return new Check(kernel, type, operands, host -> {
            Problem problem = Problem.of(host, type, size);
            Tensor max = host.zeros(DType.FLOAT32, size[0]);
            Tensor sums = host.zeros(DType.FLOAT32, 2, size[0]);
            problem.solve(max, sums);
            double spread = problem.spread();
            long n = size[0];
            return switch (result) {
                case "sums" ->
                    new Case(bench -> bench.crossEntropy()
                                    .sums(
                                            bench.queue(),
                                            bench.input(problem.logits),
                                            problem.columns,
                                            bench.input(max),
                                            bench.input(problem.targets),
                                            FIRST,
                                            bench.output("sums", host.unset(DType.FLOAT32, 2, n))))
                            .within("sums", Bound.relative("sums", i -> i < n ? spread + size[2] + 3 : 0));
                case "losses" -> // the logarithm's two units of its value, and the subtraction
                    new Case(bench -> bench.crossEntropy()
                                    .losses(
                                            bench.queue(),
                                            bench.input(sums),
                                            bench.input(problem.targets),
                                            bench.output("losses", host.unset(DType.FLOAT32, n))))
                            .within(
                                    "losses",
                                    Bound.roundings(
                                            i -> 3,
                                            i -> Math.abs(Math.log(Elements.get(sums, i)))
                                                    + Math.abs(Elements.get(sums, n + i))));
                default ->
                    new Case(bench -> problem.gradient(bench, max, sums, false))
                            .within(
                                    "dLogits",
                                    (expected, i) ->
                                            (spread + 8) * Roundoff.FLOAT32 * problem.gradientMagnitude(expected, i));
            };
        });
    }

    private static Check inPlace(DType type, int[] size, String operands) {
        return new Check("crossEntropy.gradient", type, operands, host -> {
            Problem problem = Problem.of(host, type, size);
            Tensor max = host.zeros(DType.FLOAT32, size[0]);
            Tensor sums = host.zeros(DType.FLOAT32, 2, size[0]);
            problem.solve(max, sums);
            double spread = problem.spread();
            return new Case(bench -> problem.gradient(bench, max, sums, true))
                    .within(
                            "dLogits",
                            (expected, i) -> (spread + 8) * Roundoff.FLOAT32 * problem.gradientMagnitude(expected, i));
        });
    }

    /** A logit that is not a number makes its row's maximum and loss not a number. */
    private static Check notANumber(DType type) {
        return new Check("crossEntropy.losses", type, "[1, 50] with NaN", host -> {
            Tensor logits = host.normal(1, type, 1, 50);
            Elements.set(logits, 20, Double.NaN);
            Tensor targets = host.ints(103);
            return new Case(bench -> {
                        Tensor x = bench.input(logits);
                        Tensor t = bench.input(targets);
                        Tensor max = bench.output("max", host.unset(DType.FLOAT32, 1));
                        Tensor sums = bench.scratch(Shape.of(2, 1));
                        bench.crossEntropy().maximum(bench.queue(), x, 50, max);
                        bench.crossEntropy().sums(bench.queue(), x, 50, max, t, FIRST, sums);
                        Tensor losses = bench.output("losses", host.zeros(DType.FLOAT32, 1));
                        bench.crossEntropy().losses(bench.queue(), sums, t, losses);
                    })
                    .exact("max")
                    .exact("losses");
        });
    }

    /** Rows that are right, wrong, ignored, not a number, and more than a block of them. */
    private static Check correct(DType type) {
        return new Check("crossEntropy.correct", type, "[1031]", host -> {
            int n = 1031;
            Tensor sums = host.constant(1, DType.FLOAT32, 2, n);
            int[] targets = new int[n];
            for (int i = 0; i < n; i++) {
                targets[i] = i % 5 == 4 ? IGNORED : i;
                Elements.set(sums, n + i, i % 3 == 0 ? 0 : i % 7 == 0 ? Double.NaN : -0.5);
            }
            Tensor rows = host.ints(targets);
            Tensor total = host.constant(START, DType.FLOAT64, 1);
            return new Case(bench -> bench.crossEntropy()
                            .correct(bench.queue(), bench.input(sums), bench.input(rows), bench.output("total", total)))
                    .exact("total");
        });
    }

    private record Problem(HostTensors host, Tensor logits, long columns, Tensor targets, Tensor scale) {
        static Problem of(HostTensors host, DType type, int[] size) {
            Tensor logits = host.scaled(1, 3, type, size[0], size[1]);
            int[] targets = new int[size[0]];
            for (int i = 0; i < targets.length; i++) {
                // Held here, by another rank, and by none.
                int column = i % 4 == 2 ? size[2] + 1 : (i * 7 + 2) % Math.max(1, size[2]);
                targets[i] = i % 4 == 3 ? IGNORED : (int) FIRST + column;
                for (int j = size[2]; j < size[1]; j++) {
                    Elements.set(logits, (long) i * size[1] + j, Double.NaN);
                }
            }
            return new Problem(host, logits, size[2], host.ints(targets), host.values(DType.FLOAT64, SCALE));
        }

        /** Maximum and sums by the oracle. */
        void solve(Tensor max, Tensor sums) {
            Oracle.KERNELS.crossEntropy().maximum(Oracle.QUEUE, logits, columns, max);
            Oracle.KERNELS.crossEntropy().sums(Oracle.QUEUE, logits, columns, max, targets, FIRST, sums);
        }

        void gradient(Bench bench, Tensor max, Tensor sums, boolean inPlace) {
            Tensor x = inPlace ? bench.output("dLogits", logits) : bench.input(logits);
            Tensor dLogits = inPlace
                    ? x
                    : bench.output(
                            "dLogits", host.unset(logits.type(), logits.shape().toArray()));
            bench.crossEntropy()
                    .gradient(
                            bench.queue(),
                            x,
                            columns,
                            bench.input(max),
                            bench.input(sums),
                            bench.input(targets),
                            FIRST,
                            bench.input(scale),
                            dLogits);
        }

        /** Largest distance of a logit from its row's maximum: its rounding is a relative error of the exponential. */
        double spread() {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (long i = 0; i < logits.elements(); i++) {
                if (i % logits.extent(1) < columns) {
                    low = Math.min(low, Elements.get(logits, i));
                    high = Math.max(high, Elements.get(logits, i));
                }
            }
            return Math.max(0, high - low);
        }

        /** The probability, and 1 at the target, times the scale; the oracle's result but at the target. */
        double gradientMagnitude(Results expected, long i) {
            boolean target = Elements.getInt(targets, i / logits.extent(1)) - FIRST == i % logits.extent(1);
            return target ? 2 * SCALE : Math.abs(expected.get("dLogits", i));
        }
    }
}
