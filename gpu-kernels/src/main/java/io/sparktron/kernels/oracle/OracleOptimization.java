package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.StepState.BETA1_POWER;
import static io.sparktron.kernels.StepState.BETA2_POWER;
import static io.sparktron.kernels.StepState.CLEAN_STEPS;
import static io.sparktron.kernels.StepState.CLIP;
import static io.sparktron.kernels.StepState.FATAL;
import static io.sparktron.kernels.StepState.HYSTERESIS_LEFT;
import static io.sparktron.kernels.StepState.LEARNING_RATE;
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
import static io.sparktron.kernels.host.Elements.add;
import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.set;

import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.Optimization;
import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** The update, an element at a time. */
final class OracleOptimization implements Optimization {
    @Override
    public void sumOfSquares(Queue queue, Tensor x, Tensor sums) {
        HostQueue.of(queue);
        Operands.chunkSums(x, sums);
        for (long chunk = 0; chunk < sums.elements(); chunk++) {
            double sum = 0;
            for (long i = chunk * CHUNK; i < Math.min((chunk + 1) * CHUNK, x.elements()); i++) {
                sum += get(x, i) * get(x, i);
            }
            set(sums, chunk, sum);
        }
    }

    @Override
    public void sum(Queue queue, Tensor x, Tensor total) {
        HostQueue.of(queue);
        Operands.total(x, total);
        double sum = 0;
        for (long i = 0; i < x.elements(); i++) {
            sum += get(x, i);
        }
        add(total, 0, sum);
    }

    @Override
    public void lossGradients(Queue queue, Tensor state) {
        HostQueue.of(queue);
        Operands.state(state);
        double scale = get(state, LOSS_SCALE);
        set(state, LOSS_GRADIENT, get(state, TARGETS) == 0 ? 0 : scale / get(state, TARGETS));
        set(state, ORDER_LOSS_GRADIENT, get(state, ORDER_SAMPLES) == 0 ? 0 : scale / get(state, ORDER_SAMPLES));
    }

    @Override
    public void decide(Queue queue, Tensor state, double clip, double beta1, double beta2, LossScaling scaling) {
        HostQueue.of(queue);
        Operands.state(state);
        double norm = Math.sqrt(get(state, SQUARED_NORM)) / get(state, LOSS_SCALE);
        set(state, NORM, norm);
        set(state, FATAL, 0);
        if (!Double.isFinite(norm)) {
            set(state, SKIPPED, 1);
            overflow(state, scaling);
            return;
        }
        set(state, SKIPPED, 0);
        set(state, CLIP, (clip == 0 ? 1 : Math.min(1, clip / (norm + 1e-6))) / get(state, LOSS_SCALE));
        set(state, UPDATES, get(state, UPDATES) + 1);
        set(state, BETA1_POWER, get(state, BETA1_POWER) * beta1);
        set(state, BETA2_POWER, get(state, BETA2_POWER) * beta2);
        if (scaling.active()) {
            add(state, CLEAN_STEPS, 1);
            if (get(state, CLEAN_STEPS) == scaling.window()) {
                set(state, CLEAN_STEPS, 0);
                set(state, LOSS_SCALE, get(state, LOSS_SCALE) * 2);
                set(state, HYSTERESIS_LEFT, scaling.hysteresis());
            }
        }
    }

    private static void overflow(Tensor state, LossScaling scaling) {
        if (!scaling.active()) {
            set(state, FATAL, 1);
            return;
        }
        add(state, OVERFLOWED, 1);
        set(state, CLEAN_STEPS, 0);
        if (get(state, LOSS_SCALE) <= scaling.minimum()) {
            set(state, FATAL, 1);
        }
        if (get(state, HYSTERESIS_LEFT) > 0) {
            add(state, HYSTERESIS_LEFT, -1);
        }
        if (get(state, HYSTERESIS_LEFT) == 0) {
            set(state, LOSS_SCALE, Math.max(get(state, LOSS_SCALE) / 2, scaling.minimum()));
        }
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
        HostQueue.of(queue);
        Operands.update(state, parameter, gradient, firstMoment, secondMoment, value);
        if (get(state, SKIPPED) == 1) {
            return;
        }
        double rate = get(state, LEARNING_RATE);
        for (long i = 0; i < parameter.elements(); i++) {
            double g = get(gradient, i) * get(state, CLIP);
            double m = beta1 * get(firstMoment, i) + (1 - beta1) * g;
            double v = beta2 * get(secondMoment, i) + (1 - beta2) * g * g;
            double p = get(parameter, i) * (1 - rate * weightDecay);
            double unbiasedM = m / (1 - get(state, BETA1_POWER));
            double unbiasedV = v / (1 - get(state, BETA2_POWER));
            set(firstMoment, i, m);
            set(secondMoment, i, v);
            set(parameter, i, p - rate * unbiasedM / (Math.sqrt(unbiasedV) + epsilon));
            set(value, i, get(parameter, i));
        }
    }
}
