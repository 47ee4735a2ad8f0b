package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.kernels.StepState;
import io.sparktron.tensor.Tensor;
import jdk.incubator.vector.FloatVector;

/**
 * One update of AdamW, its factors computed in double and rounded once. By lane and alone an element gets equal bits, so it does not matter where
 * a shard begins.
 *
 * @param clip factor of the gradient
 * @param kept beta1, what stays of the first moment
 * @param taken 1 - beta1, what enters it
 * @param keptSquare beta2
 * @param takenSquare 1 - beta2
 * @param decay 1 - learning rate x weight decay
 * @param step learning rate / (1 - beta1^t)
 * @param unbias 1 / sqrt(1 - beta2^t)
 */
record AdamW(
        float clip,
        float kept,
        float taken,
        float keptSquare,
        float takenSquare,
        float decay,
        float step,
        float unbias,
        float epsilon) {

    static AdamW of(Tensor state, double beta1, double beta2, double epsilon, double weightDecay) {
        double rate = Elements.get(state, StepState.LEARNING_RATE);
        return new AdamW(
                (float) Elements.get(state, StepState.CLIP),
                (float) beta1,
                (float) (1 - beta1),
                (float) beta2,
                (float) (1 - beta2),
                (float) (1 - rate * weightDecay),
                (float) (rate / (1 - Elements.get(state, StepState.BETA1_POWER))),
                (float) (1 / Math.sqrt(1 - Elements.get(state, StepState.BETA2_POWER))),
                (float) epsilon);
    }

    void apply(Floats parameter, Floats gradient, Floats firstMoment, Floats secondMoment, int count) {
        FloatVector keptLanes = FloatVector.broadcast(SPECIES, kept);
        FloatVector keptSquareLanes = FloatVector.broadcast(SPECIES, keptSquare);
        FloatVector unbiasLanes = FloatVector.broadcast(SPECIES, unbias);
        FloatVector epsilonLanes = FloatVector.broadcast(SPECIES, epsilon);
        FloatVector decayLanes = FloatVector.broadcast(SPECIES, decay);
        FloatVector stepLanes = FloatVector.broadcast(SPECIES, -step);
        int whole = count - count % SPECIES.length();
        for (int i = 0; i < whole; i += SPECIES.length()) {
            FloatVector g = gradient.load(i).mul(clip);
            FloatVector m = firstMoment.load(i).fma(keptLanes, g.mul(taken));
            FloatVector v = secondMoment.load(i).fma(keptSquareLanes, g.mul(g).mul(takenSquare));
            FloatVector direction = m.div(v.sqrt().fma(unbiasLanes, epsilonLanes));
            FloatVector decayed = parameter.load(i).mul(decayLanes);
            firstMoment.store(i, m);
            secondMoment.store(i, v);
            parameter.store(i, direction.fma(stepLanes, decayed));
        }
        for (int i = whole; i < count; i++) {
            float g = gradient.get(i) * clip;
            float m = Math.fma(firstMoment.get(i), kept, g * taken);
            float v = Math.fma(secondMoment.get(i), keptSquare, g * g * takenSquare);
            float direction = m / Math.fma((float) Math.sqrt(v), unbias, epsilon);
            firstMoment.set(i, m);
            secondMoment.set(i, v);
            parameter.set(i, Math.fma(direction, -step, parameter.get(i) * decay));
        }
    }
}
