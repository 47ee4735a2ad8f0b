package io.sparktron.train;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.data.BatchReader;
import io.sparktron.kernels.StepState;
import io.sparktron.model.MicroBatch;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Tensor;

/** The mean loss over a number of samples, without a gradient. */
public final class LossEvaluator {
    private final Execution on;
    private final TrainingState state;
    private final Frame frame;
    private final Memory batchMemory;
    private final long sequence;

    /**
     * @param frame high enough for the loss of one micro-batch
     * @param batchMemory of one micro-batch
     */
    public LossEvaluator(Execution on, TrainingState state, Frame frame, Memory batchMemory, long sequence) {
        this.on = on;
        this.state = state;
        this.frame = frame;
        this.batchMemory = batchMemory;
        this.sequence = sequence;
    }

    /**
     * The mean over the samples of all ranks of the data group; every rank of a tensor group takes the same samples.
     *
     * @param batches this rank's samples, in micro-batches
     * @param samples of all ranks together
     */
    public double meanLoss(BatchReader batches, long samples) {
        Tensor lossSum = state.stepState().slot(StepState.LOSS_SUM);
        on.kernels().elementwise().fill(on.queue(), lossSum, 0);
        for (BatchReader.Batch next = batches.next(); next != null; next = batches.next()) {
            MicroBatch batch = MicroBatch.over(batchMemory, next.positions().length, sequence);
            batch.write(on.queue(), next.ids());
            state.model().evaluate(frame, batch, lossSum);
        }
        on.mesh().data().run(new AllReduce(Reduction.SUM, lossSum), on.queue());
        return state.readStepState().getDouble(StepState.LOSS_SUM * Double.BYTES) / (samples * sequence);
    }
}
