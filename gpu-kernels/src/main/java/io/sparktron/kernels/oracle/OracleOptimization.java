package io.sparktron.kernels.oracle;

import static io.sparktron.kernels.StepState.BETA1_POWER;
import static io.sparktron.kernels.StepState.BETA2_POWER;
import static io.sparktron.kernels.StepState.CLIP;
import static io.sparktron.kernels.StepState.LEARNING_RATE;
import static io.sparktron.kernels.StepState.LOSS_SCALE;
import static io.sparktron.kernels.StepState.NORM;
import static io.sparktron.kernels.StepState.SKIPPED;
import static io.sparktron.kernels.StepState.SQUARED_NORM;
import static io.sparktron.kernels.StepState.UPDATES;
import static io.sparktron.kernels.host.Elements.add;
import static io.sparktron.kernels.host.Elements.get;
import static io.sparktron.kernels.host.Elements.set;

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
    public void decide(Queue queue, Tensor state, double clip, double beta1, double beta2) {
        HostQueue.of(queue);
        Operands.state(state);
        double norm = Math.sqrt(get(state, SQUARED_NORM)) / get(state, LOSS_SCALE);
        set(state, NORM, norm);
        if (!Double.isFinite(norm)) {
            set(state, SKIPPED, 1);
            return;
        }
        set(state, SKIPPED, 0);
        set(state, CLIP, (clip == 0 ? 1 : Math.min(1, clip / (norm + 1e-6))) / get(state, LOSS_SCALE));
        set(state, UPDATES, get(state, UPDATES) + 1);
        set(state, BETA1_POWER, get(state, BETA1_POWER) * beta1);
        set(state, BETA2_POWER, get(state, BETA2_POWER) * beta2);
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
            Tensor secondMoment) {
        HostQueue.of(queue);
        Operands.update(state, parameter, gradient, firstMoment, secondMoment);
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
        }
    }
}
