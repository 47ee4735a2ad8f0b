package io.sparktron.kernels.host;

import static io.sparktron.kernels.StepState.BETA1_POWER;
import static io.sparktron.kernels.StepState.BETA2_POWER;
import static io.sparktron.kernels.StepState.CLIP;
import static io.sparktron.kernels.StepState.LOSS_SCALE;
import static io.sparktron.kernels.StepState.NORM;
import static io.sparktron.kernels.StepState.SKIPPED;
import static io.sparktron.kernels.StepState.SQUARED_NORM;
import static io.sparktron.kernels.StepState.UPDATES;

import io.sparktron.kernels.Operands;
import io.sparktron.kernels.Optimization;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** The update. What is decided once per step is decided in double; the moments and the parameters move in float32, as in PyTorch. */
final class HostOptimization implements Optimization {
    /** Partial sums of a chunk, so that its additions need not wait for each other. */
    private static final int PARTIAL_SUMS = 8;

    @Override
    public void sumOfSquares(Queue queue, Tensor x, Tensor sums) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.chunkSums(x, sums);
        Floats.require("x", x);
        workers.run(sums.elements(), Blocks.ELEMENTS / CHUNK, (worker, first, end) -> {
            double[] partial = new double[PARTIAL_SUMS];
            for (long chunk = first; chunk < end; chunk++) {
                int count = (int) Math.min(CHUNK, x.elements() - chunk * CHUNK);
                Elements.set(sums, chunk, sumOfSquares(Floats.of("x", x, chunk * CHUNK, count), count, partial));
            }
        });
    }

    /** Element i goes to partial sum i mod 8; these are added in order. */
    private static double sumOfSquares(Floats x, int count, double[] partial) {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        double s4 = 0;
        double s5 = 0;
        double s6 = 0;
        double s7 = 0;
        int whole = count & -PARTIAL_SUMS;
        for (int i = 0; i < whole; i += PARTIAL_SUMS) {
            s0 += square(x.get(i));
            s1 += square(x.get(i + 1));
            s2 += square(x.get(i + 2));
            s3 += square(x.get(i + 3));
            s4 += square(x.get(i + 4));
            s5 += square(x.get(i + 5));
            s6 += square(x.get(i + 6));
            s7 += square(x.get(i + 7));
        }
        partial[0] = s0;
        partial[1] = s1;
        partial[2] = s2;
        partial[3] = s3;
        partial[4] = s4;
        partial[5] = s5;
        partial[6] = s6;
        partial[7] = s7;
        for (int i = whole; i < count; i++) {
            partial[i - whole] += square(x.get(i));
        }
        double sum = 0;
        for (double part : partial) {
            sum += part;
        }
        return sum;
    }

    private static double square(double x) {
        return x * x;
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
    public void decide(Queue queue, Tensor state, double clip, double beta1, double beta2) {
        HostQueue.of(queue);
        Operands.state(state);
        double scale = Elements.get(state, LOSS_SCALE);
        double norm = Math.sqrt(Elements.get(state, SQUARED_NORM)) / scale;
        boolean finite = Double.isFinite(norm);
        Elements.set(state, NORM, norm);
        Elements.set(state, SKIPPED, finite ? 0 : 1);
        if (finite) {
            Elements.set(state, CLIP, (clip == 0 ? 1 : Math.min(1, clip / (norm + 1e-6))) / scale);
            Elements.set(state, UPDATES, Elements.get(state, UPDATES) + 1);
            Elements.set(state, BETA1_POWER, Elements.get(state, BETA1_POWER) * beta1);
            Elements.set(state, BETA2_POWER, Elements.get(state, BETA2_POWER) * beta2);
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
            Tensor secondMoment) {
        Workers workers = HostQueue.of(queue).workers();
        Operands.update(state, parameter, gradient, firstMoment, secondMoment);
        if (Elements.get(state, SKIPPED) == 1) {
            return;
        }
        AdamW update = AdamW.of(state, beta1, beta2, epsilon, weightDecay);
        Blocks.run(
                workers,
                parameter.elements(),
                1,
                (from, count, lanes) -> update.apply(
                        Floats.of("parameter", parameter, from, count),
                        Floats.of("gradient", gradient, from, count),
                        Floats.of("firstMoment", firstMoment, from, count),
                        Floats.of("secondMoment", secondMoment, from, count),
                        count));
    }
}
