package io.sparktron.train;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.data.Batch;
import io.sparktron.data.BatchReader;
import io.sparktron.data.Positions;
import io.sparktron.data.SampleOrder;
import io.sparktron.data.TokenDataset;
import io.sparktron.kernels.StepState;
import io.sparktron.model.MicroBatch;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.SampleWriter;
import org.apache.hadoop.conf.Configuration;

/** The mean loss over a number of samples, without a gradient. */
public final class LossEvaluator {
    /** Micro-batches that are read before they are needed. */
    private static final int READ_AHEAD = 4;

    private final Execution on;
    private final TrainingState state;
    private final Frame frame;
    private final Memory batchMemory;
    private final int microBatch;
    private final long sequence;

    /**
     * @param frame high enough for the loss of one micro-batch
     * @param batchMemory of one micro-batch of {@code microBatch} x {@code sequence} tokens
     */
    public LossEvaluator(
            Execution on, TrainingState state, Frame frame, Memory batchMemory, int microBatch, long sequence) {
        this.on = on;
        this.state = state;
        this.frame = frame;
        this.batchMemory = batchMemory;
        this.microBatch = microBatch;
        this.sequence = sequence;
    }

    /** The mean over the first {@code samples} of a dataset, in the stored order, which the data group divides. */
    public double meanLoss(TokenDataset dataset, long samples, Configuration hadoop) {
        int data = on.mesh().layout().data();
        SampleOrder stored = new SampleOrder(dataset.samples(), SampleWriter.ROW_GROUP_SAMPLES, 0); // its first epoch
        try (BatchReader batches = new BatchReader(
                dataset,
                stored,
                Positions.ofOnePass(samples, microBatch, data, on.mesh().dataRank()),
                microBatch,
                READ_AHEAD,
                hadoop,
                on.mesh().world()::progress)) {
            return meanLoss(batches, samples);
        }
    }

    /**
     * @param batches this rank's samples, in micro-batches; every rank of a tensor group takes the same
     * @param samples of all ranks together
     */
    private double meanLoss(BatchReader batches, long samples) {
        Tensor lossSum = state.stepState().slot(StepState.LOSS_SUM);
        on.kernels().elementwise().fill(on.queue(), lossSum, 0);
        for (Batch next = batches.next(); next != null; next = batches.next()) {
            MicroBatch batch = MicroBatch.over(batchMemory, next.positions().length, sequence);
            batch.write(on.queue(), next.positions(), next.gpt().ids());
            state.model().evaluate(frame, batch, lossSum);
        }
        on.mesh().data().run(new AllReduce(Reduction.SUM, lossSum), on.queue());
        return state.readStepState().getDouble(StepState.LOSS_SUM * Double.BYTES) / (samples * sequence);
    }
}
