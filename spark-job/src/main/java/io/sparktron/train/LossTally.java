package io.sparktron.train;

import static io.sparktron.kernels.StepState.CORRECT;
import static io.sparktron.kernels.StepState.LOSS_SUM;
import static io.sparktron.kernels.StepState.ORDER_CORRECT;
import static io.sparktron.kernels.StepState.ORDER_LOSS_SUM;
import static io.sparktron.kernels.StepState.ORDER_SAMPLES;
import static io.sparktron.kernels.StepState.TARGETS;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.StepState;
import io.sparktron.model.ModelConfig.Family;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Adds up losses and what they are divided by over micro-batches and over the data group. The counts come first, since each loss is divided in backward: no gradient is
 * scaled again later. Those of GPT are known, those of BERT follow from masks that each rank has drawn for its own samples.
 */
final class LossTally {
    private final Execution on;
    private final StepState state;
    private final Family family;

    LossTally(Execution on, StepState state, Family family) {
        this.on = on;
        this.state = state;
        this.family = family;
    }

    /** Begins with nothing. */
    void begin() {
        on.kernels().elementwise().fill(on.queue(), sums(), 0);
    }

    /**
     * Of GPT, where no rank has to ask the others: from the count follows the factor of the gradients.
     *
     * @param targets tokens that all ranks of the data group predict together
     */
    void known(long targets) {
        write(targets, 0);
        on.kernels().optimization().lossGradients(on.queue(), state.tensor());
    }

    /**
     * Of BERT, adds up the counts of all ranks, from which the factors of the gradients follow.
     *
     * @param targets tokens that this rank predicts
     * @param samples that this rank sees
     */
    void count(long targets, long samples) {
        write(targets, samples);
        on.mesh().data().run(new AllReduce(Reduction.SUM, slots(TARGETS, ORDER_SAMPLES)), on.queue());
        on.kernels().optimization().lossGradients(on.queue(), state.tensor());
    }

    private void write(long targets, long samples) {
        on.queue()
                .write(
                        ByteBuffer.allocate(2 * Double.BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putDouble(targets)
                                .putDouble(samples)
                                .flip(),
                        slots(TARGETS, ORDER_SAMPLES));
    }

    /** Ends, with the sums of all ranks. */
    void end() {
        on.mesh().data().run(new AllReduce(Reduction.SUM, sums()), on.queue());
    }

    /** What the ranks of the data group add up: neighbours in the step state. */
    private Tensor sums() {
        return slots(LOSS_SUM, family == Family.BERT ? ORDER_CORRECT : LOSS_SUM);
    }

    /**
     * What it came to.
     *
     * @param slots of the step state, after {@link #end}
     */
    Losses read(ByteBuffer slots) {
        double targets = value(slots, TARGETS);
        double perTarget = mean(value(slots, LOSS_SUM), targets);
        if (family == Family.GPT) {
            return new Losses(perTarget, (long) targets, null);
        }
        double samples = value(slots, ORDER_SAMPLES);
        double order = mean(value(slots, ORDER_LOSS_SUM), samples);
        return new Losses(
                perTarget + order,
                (long) targets,
                new Losses.Parts(
                        perTarget,
                        order,
                        mean(value(slots, CORRECT), targets),
                        mean(value(slots, ORDER_CORRECT), samples)));
    }

    /** Nothing predicted costs nothing, as it has no gradient. */
    private static double mean(double sum, double count) {
        return count == 0 ? 0 : sum / count;
    }

    private static double value(ByteBuffer slots, int slot) {
        return slots.getDouble(slot * Double.BYTES);
    }

    /** Slots {@code first ... last}, FLOAT64. */
    private Tensor slots(int first, int last) {
        return state.tensor().rows(first, last - first + 1L);
    }
}
