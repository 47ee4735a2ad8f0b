package io.sparktron.kernels.host;

import static io.sparktron.kernels.StepState.BETA1_POWER;
import static io.sparktron.kernels.StepState.BETA2_POWER;
import static io.sparktron.kernels.StepState.CLEAN_STEPS;
import static io.sparktron.kernels.StepState.CLIP;
import static io.sparktron.kernels.StepState.FATAL;
import static io.sparktron.kernels.StepState.HYSTERESIS_LEFT;
import static io.sparktron.kernels.StepState.LOSS_GRADIENT;
import static io.sparktron.kernels.StepState.LOSS_SCALE;
import static io.sparktron.kernels.StepState.NORM;
import static io.sparktron.kernels.StepState.ORDER_LOSS_GRADIENT;
import static io.sparktron.kernels.StepState.ORDER_SAMPLES;
import static io.sparktron.kernels.StepState.OVERFLOWED;
import static io.sparktron.kernels.StepState.SKIPPED;
import static io.sparktron.kernels.StepState.SQUARED_NORM;
import static io.sparktron.kernels.StepState.TARGETS;
import static io.sparktron.kernels.StepState.UPDATES;
import static io.sparktron.kernels.host.VectorAccess.DOUBLES;

import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.Optimization;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import jdk.incubator.vector.DoubleVector;

/** The update. What is decided once per step is decided in double; the moments and the parameters move in float32, as in PyTorch. */
final class HostOptimization implements Optimization {
    @Override
    public void sumOfSquares(Queue queue, Tensor x, Tensor sums) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.chunkSums(x, sums);
        Floats.require("x", x);
        workers.run(sums.elements(), Blocks.ELEMENTS / CHUNK, (worker, first, end) -> {
            double[] lanes = new double[Lanes.COUNT];
            for (long chunk = first; chunk < end; chunk++) {
                int count = (int) Math.min(CHUNK, x.elements() - chunk * CHUNK);
                Elements.set(sums, chunk, sumOfSquares(Floats.of("x", x, chunk * CHUNK, count), count, lanes));
            }
        });
    }

    /** Element i goes to lane i mod 16; squares of floats are exact in double. */
    private static double sumOfSquares(Floats x, int count, double[] lanes) {
        int whole = Lanes.whole(count);
        for (int first = 0; first < Lanes.COUNT; first += DOUBLES.length()) {
            DoubleVector sum = DoubleVector.zero(DOUBLES);
            for (int i = first; i < whole; i += Lanes.COUNT) {
                DoubleVector values = x.loadDoubles(i);
                sum = values.fma(values, sum);
            }
            sum.intoArray(lanes, first);
        }
        for (int i = whole; i < count; i++) {
            double value = x.get(i);
            lanes[i - whole] += value * value;
        }
        double total = 0;
        for (double lane : lanes) {
            total += lane;
        }
        return total;
    }

    @Override
    public void sum(Queue queue, Tensor x, Tensor total) {
        HostQueue.of(queue);
        Operands.total(x, total);
        double sum = 0;
        for (long i = 0; i < x.elements(); i++) {
            sum += Elements.get(x, i);
        }
        Elements.add(total, 0, sum);
    }

    @Override
    public void lossGradients(Queue queue, Tensor state) {
        HostQueue.of(queue);
        Operands.state(state);
        quotient(state, LOSS_GRADIENT, TARGETS);
        quotient(state, ORDER_LOSS_GRADIENT, ORDER_SAMPLES);
    }

    private static void quotient(Tensor state, int slot, int count) {
        double divisor = Elements.get(state, count);
        Elements.set(state, slot, divisor == 0 ? 0 : Elements.get(state, LOSS_SCALE) / divisor);
    }

    @Override
    public void decide(Queue queue, Tensor state, double clip, double beta1, double beta2, LossScaling scaling) {
        HostQueue.of(queue);
        Operands.state(state);
        double scale = Elements.get(state, LOSS_SCALE);
        double norm = Math.sqrt(Elements.get(state, SQUARED_NORM)) / scale;
        boolean finite = Double.isFinite(norm);
        boolean fatal = !finite && (!scaling.active() || scale <= scaling.minimum());
        Elements.set(state, NORM, norm);
        Elements.set(state, SKIPPED, finite ? 0 : 1);
        Elements.set(state, FATAL, fatal ? 1 : 0);
        if (finite) {
            Elements.set(state, CLIP, (clip == 0 ? 1 : Math.min(1, clip / (norm + 1e-6))) / scale);
            Elements.set(state, UPDATES, Elements.get(state, UPDATES) + 1);
            Elements.set(state, BETA1_POWER, Elements.get(state, BETA1_POWER) * beta1);
            Elements.set(state, BETA2_POWER, Elements.get(state, BETA2_POWER) * beta2);
        }
        if (scaling.active()) {
            scaleNext(state, scale, finite, scaling);
        }
    }

    /** The loss scale of the next step. */
    private static void scaleNext(Tensor state, double scale, boolean finite, LossScaling scaling) {
        double clean = finite ? Elements.get(state, CLEAN_STEPS) + 1 : 0;
        double left = Elements.get(state, HYSTERESIS_LEFT);
        double next = scale;
        if (clean == scaling.window()) {
            clean = 0;
            left = scaling.hysteresis();
            next = 2 * scale;
        } else if (!finite) {
            left = Math.max(left - 1, 0);
            next = left > 0 ? scale : Math.max(scale / 2, scaling.minimum());
            Elements.add(state, OVERFLOWED, 1);
        }
        Elements.set(state, CLEAN_STEPS, clean);
        Elements.set(state, HYSTERESIS_LEFT, left);
        Elements.set(state, LOSS_SCALE, next);
    }

    @Override
    public void adamW(
            Queue queue,
            Tensor state,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            Tensor parameter,
            Tensor gradient,
            Tensor firstMoment,
            Tensor secondMoment,
            Tensor value) {
        Workers workers = HostQueue.of(queue).workers();
        boolean rounds = Operands.update(state, parameter, gradient, firstMoment, secondMoment, value);
        if (Elements.get(state, SKIPPED) == 1) {
            return;
        }
        AdamW update = AdamW.of(state, beta1, beta2, epsilon, weightDecay);
        Blocks.run(workers, parameter.elements(), 1, (from, count, lanes) -> {
            update.apply(
                    Floats.of("parameter", parameter, from, count),
                    Floats.of("gradient", gradient, from, count),
                    Floats.of("firstMoment", firstMoment, from, count),
                    Floats.of("secondMoment", secondMoment, from, count),
                    count);
            if (rounds) {
                Halves.cast(parameter, value, from, count);
            }
        });
    }
}
