package io.sparktron.kernels.check;

import static io.sparktron.kernels.StepState.BETA1_POWER;
import static io.sparktron.kernels.StepState.BETA2_POWER;
import static io.sparktron.kernels.StepState.CLIP;
import static io.sparktron.kernels.StepState.LEARNING_RATE;
import static io.sparktron.kernels.StepState.LOSS_SCALE;
import static io.sparktron.kernels.StepState.ORDER_SAMPLES;
import static io.sparktron.kernels.StepState.SQUARED_NORM;
import static io.sparktron.kernels.StepState.TARGETS;

import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.Optimization;
import io.sparktron.kernels.StepState;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The update, which is in float32 and double whatever the model computes in; only the copy of the weights that it makes has the model's type. */
public final class OptimizationChecks {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.95;
    private static final double EPSILON = 1e-8;
    private static final double DECAY = 0.1;
    private static final double RATE = 3e-4;
    private static final double SCALE = 4;
    private static final double NORM = 31;
    private static final int[] LENGTHS = {0, 1, 17, Optimization.CHUNK, 3 * Optimization.CHUNK + 1237, 40_001};

    private OptimizationChecks() {}

    static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        for (int n : LENGTHS) {
            checks.add(sumOfSquares(n));
            checks.add(adamW(type, n, NORM));
        }
        checks.add(adamW(type, 1013, Double.NaN));
        checks.add(adamW(type, 1013, Double.POSITIVE_INFINITY));
        checks.add(sum(DType.FLOAT32));
        checks.add(sum(DType.FLOAT64));
        for (double clip : new double[] {0, 1, 100}) {
            checks.add(decide("clip " + clip, clip, LossScaling.NONE, NORM, NORM, Double.NaN));
        }
        LossScaling scaling = new LossScaling(SCALE, 2, 2, 2);
        checks.add(decide("loss scale grows", 1, scaling, NORM, NORM, NORM, NORM, NORM));
        checks.add(
                decide("loss scale falls", 1, scaling, NORM, Double.POSITIVE_INFINITY, Double.NaN, NORM, Double.NaN));
        checks.add(lossGradients(3, 7));
        checks.add(lossGradients(0, 7));
        checks.add(lossGradients(16_384, 0));
        return checks;
    }

    /** Squares are exact in double; the additions of a chunk are rounded there. */
    private static Check sumOfSquares(int n) {
        return new Check("optimization.sumOfSquares", DType.FLOAT32, "[" + n + "]", host -> {
            Tensor x = host.normal(1, DType.FLOAT32, n);
            int chunks = (n + Optimization.CHUNK - 1) / Optimization.CHUNK;
            Tensor unset = host.unset(DType.FLOAT64, chunks);
            double units = 2.0 * Optimization.CHUNK * Roundoff.unit(DType.FLOAT64);
            return new Case(bench -> bench.optimization()
                            .sumOfSquares(bench.queue(), bench.input(x), bench.output("sums", unset)))
                    .within("sums", (expected, i) -> units * expected.get("sums", i));
        });
    }

    /** In order, twice. */
    private static Check sum(DType type) {
        return new Check("optimization.sum", type, "[1001]", host -> {
            Tensor x = host.normal(1, type, 1001);
            Tensor total = host.zeros(DType.FLOAT64, 1);
            return new Case(bench -> {
                        Tensor on = bench.output("total", total);
                        Tensor xs = bench.input(x);
                        bench.optimization().sum(bench.queue(), xs, on);
                        bench.optimization().sum(bench.queue(), xs, on);
                    })
                    .exact("total");
        });
    }

    /** Every state on the way, after steps of these squared norms. */
    private static Check decide(String operands, double clip, LossScaling scaling, double... norms) {
        return new Check("optimization.decide", DType.FLOAT64, operands, host -> {
            Consumer<Bench> steps = bench -> {
                Tensor state = bench.output("state", state(host, NORM));
                for (int step = 0; step < norms.length; step++) {
                    Tensor norm = bench.input(host.values(DType.FLOAT64, norms[step]));
                    bench.elementwise().copy(bench.queue(), norm, state.rows(SQUARED_NORM, 1));
                    bench.optimization().decide(bench.queue(), state, clip, BETA1, BETA2, scaling);
                    Tensor after = bench.output("state after step " + (step + 1), state(host, 0));
                    bench.elementwise().copy(bench.queue(), state, after);
                }
            };
            Case made = new Case(steps).exact("state");
            for (int step = 1; step <= norms.length; step++) {
                made.exact("state after step " + step);
            }
            return made;
        });
    }

    private static Check lossGradients(double targets, double orderSamples) {
        return new Check(
                "optimization.lossGradients", DType.FLOAT64, "of " + targets + " and " + orderSamples, host -> {
                    Tensor state = state(host, NORM);
                    Elements.set(state, TARGETS, targets);
                    Elements.set(state, ORDER_SAMPLES, orderSamples);
                    return new Case(bench ->
                                    bench.optimization().lossGradients(bench.queue(), bench.output("state", state)))
                            .exact("state");
                });
    }

    /**
     * m is two rounded products, of rounded factors, and a sum; v one product more. The update has m's error, and as relative ones half of v's, the
     * root, the fused sum with its factor, the quotient, the step and its factor; the copy in 16 bits is the parameter that has come out, rounded. A norm that is not finite
     * changes nothing.
     */
    private static Check adamW(DType type, int n, double squaredNorm) {
        String operands = "[" + n + "]" + (Double.isFinite(squaredNorm) ? "" : ", norm " + squaredNorm);
        return new Check("optimization.adamW", type, operands, host -> {
            Tensor state = state(host, squaredNorm);
            Oracle.KERNELS.optimization().decide(Oracle.QUEUE, state, 1, BETA1, BETA2, LossScaling.NONE);
            Tensor parameter = host.normal(1, DType.FLOAT32, n);
            Tensor gradient = host.normal(2, DType.FLOAT32, n);
            Tensor first = host.normal(3, DType.FLOAT32, n);
            Tensor second = host.map(host.normal(4, DType.FLOAT32, n), DType.FLOAT32, v -> v * v);
            Tensor value = host.normal(5, type, n);
            Case made = new Case(bench -> {
                Tensor master = bench.output("parameter", parameter);
                bench.optimization()
                        .adamW(
                                bench.queue(),
                                bench.input(state),
                                BETA1,
                                BETA2,
                                EPSILON,
                                DECAY,
                                master,
                                bench.input(gradient),
                                bench.output("first moment", first),
                                bench.output("second moment", second),
                                type == DType.FLOAT32 ? master : bench.output("value", value));
            });
            if (!Double.isFinite(squaredNorm)) {
                made.exact("parameter").exact("first moment").exact("second moment");
                return type == DType.FLOAT32 ? made : made.exact("value");
            }
            double clip = Elements.get(state, CLIP);
            Bound moved = (expected, i) -> {
                double denominator = Math.sqrt(expected.get("second moment", i) / (1 - BETA2)) + EPSILON;
                double update = RATE / (1 - BETA1) * firstMagnitude(first, gradient, i, clip) / denominator;
                return Roundoff.FLOAT32 * (3 * Math.abs(Elements.get(parameter, i)) + (5 + 4 + 8) * update);
            };
            made.within("first moment", Bound.roundings(i -> 5, i -> firstMagnitude(first, gradient, i, clip)))
                    .within("second moment", Bound.relative("second moment", i -> 7))
                    .within("parameter", moved);
            return type == DType.FLOAT32 ? made : made.rounded("value", "parameter");
        });
    }

    /** |beta1 m| + |(1 - beta1) g|. */
    private static double firstMagnitude(Tensor first, Tensor gradient, long i, double clip) {
        return BETA1 * Math.abs(Elements.get(first, i)) + (1 - BETA1) * clip * Math.abs(Elements.get(gradient, i));
    }

    /** Before the first step. */
    private static Tensor state(HostTensors host, double squaredNorm) {
        Tensor state = host.zeros(DType.FLOAT64, StepState.SLOTS);
        Elements.set(state, LEARNING_RATE, RATE);
        Elements.set(state, LOSS_SCALE, SCALE);
        Elements.set(state, StepState.HYSTERESIS_LEFT, 2);
        Elements.set(state, SQUARED_NORM, squaredNorm);
        Elements.set(state, BETA1_POWER, 1);
        Elements.set(state, BETA2_POWER, 1);
        return state;
    }
}
