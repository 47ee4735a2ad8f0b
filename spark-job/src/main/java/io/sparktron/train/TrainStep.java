package io.sparktron.train;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.data.Batch;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.StepState;
import io.sparktron.model.GptModel;
import io.sparktron.model.MicroBatch;
import io.sparktron.optimizer.Adam;
import io.sparktron.optimizer.ExposedTime;
import io.sparktron.optimizer.GradientReduction;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;

/**
 * One update: forward and backward of the rank's micro-batches, gradients added over the data group while the last backward goes on, clipping, Adam. The host
 * enqueues the same calls at every step and reads the step state once, at the end.
 */
public final class TrainStep {
    private static final IntConsumer NOTHING = bucket -> {};

    private final Execution on;
    private final TrainingState state;
    private final GptModel model;
    private final TrainingConfig config;
    private final Frame frame;
    private final MicroBatch batch;
    private final GradientReduction reduction;
    private final Adam adam;
    private final ExposedTime exposed;

    /**
     * What a step did.
     *
     * @param loss mean over all targets of the global batch, before the update, nats
     * @param norm of the gradient before clipping
     * @param lossScale with which the gradient was computed
     * @param skipped whether the norm was not finite, so that nothing was updated
     * @param fatal whether it was not finite although no smaller loss scale can help
     */
    public record Outcome(double loss, double norm, double lossScale, boolean skipped, boolean fatal)
            implements Serializable {}

    public TrainStep(
            Execution on,
            TrainingState state,
            TrainingConfig config,
            Frame frame,
            MicroBatch batch,
            Adam adam,
            ExposedTime exposed) {
        this.on = on;
        this.state = state;
        this.model = state.model(config.mode());
        this.config = config;
        this.frame = frame;
        this.batch = batch;
        this.adam = adam;
        this.exposed = exposed;
        this.reduction = new GradientReduction(on, state.parameters(), exposed);
    }

    /** Where a step takes its input from: the samples of this rank's next micro-batch. */
    public interface Samples {
        Batch next();
    }

    /**
     * A step of the whole batch.
     *
     * @param step from 1
     */
    public Outcome run(long step, Samples samples) {
        return run(step, config.globalBatch(), samples);
    }

    /**
     * @param step from 1
     * @param globalBatch samples of this step, over all ranks
     */
    public Outcome run(long step, int globalBatch, Samples samples) {
        long targets = globalBatch * batch.sequence();
        double lossScale = state.lossScale();
        accumulate(step, globalBatch, samples);
        adam.update();
        ByteBuffer slots = state.readStepState();
        double loss = slots.getDouble(StepState.LOSS_SUM * Double.BYTES) / targets;
        double norm = slots.getDouble(StepState.NORM * Double.BYTES);
        boolean skipped = slots.getDouble(StepState.SKIPPED * Double.BYTES) != 0;
        return new Outcome(loss, norm, lossScale, skipped, slots.getDouble(StepState.FATAL * Double.BYTES) != 0);
    }

    /** Seconds, of the steps since this was asked last, for which communication of gradients and parameters held up this rank: {@link ExposedTime}. */
    public double takeExposedSeconds() {
        return exposed.take();
    }

    /** Everything before the update: leaves the reduced gradients and the loss sum of the global batch. */
    void accumulate(long step, Samples samples) {
        accumulate(step, config.globalBatch(), samples);
    }

    private void accumulate(long step, int globalBatch, Samples samples) {
        int accumulation = TrainingConfig.accumulation(
                globalBatch, config.microBatch(), on.mesh().layout());
        Kernels kernels = on.kernels();
        StepState slots = state.stepState();
        Tensor lossSum = slots.slot(StepState.LOSS_SUM);
        write(slots.slot(StepState.LEARNING_RATE), config.schedule().at(step));
        write(slots.slot(StepState.TARGETS), globalBatch * batch.sequence());
        kernels.optimization().lossGradients(on.queue(), slots.tensor());
        kernels.elementwise().fill(on.queue(), lossSum, 0);
        kernels.elementwise().fill(on.queue(), state.parameters().gradients(), 0);
        for (int i = 1; i <= accumulation; i++) {
            Batch next = samples.next();
            batch.write(on.queue(), next.positions(), next.gpt().ids());
            long mark = frame.mark();
            GptModel.Saved saved = model.forward(frame, batch, lossSum);
            IntConsumer bucketDone = i == accumulation ? reduction::start : NOTHING;
            model.backward(frame, batch, saved, slots.slot(StepState.LOSS_GRADIENT), bucketDone);
            frame.release(mark);
        }
        reduction.finish();
        on.mesh().data().run(new AllReduce(Reduction.SUM, lossSum), on.queue());
    }

    private void write(Tensor slot, double value) {
        on.queue()
                .write(
                        ByteBuffer.allocate(Double.BYTES)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putDouble(0, value),
                        slot);
    }
}
