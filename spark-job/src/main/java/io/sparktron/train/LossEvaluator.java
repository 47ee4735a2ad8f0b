package io.sparktron.train;

import io.sparktron.data.Batch;
import io.sparktron.data.BatchReader;
import io.sparktron.data.Positions;
import io.sparktron.data.SampleOrder;
import io.sparktron.data.TokenDataset;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig.Family;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;
import io.sparktron.tokens.SampleWriter;
import org.apache.hadoop.conf.Configuration;

/** The losses of a number of samples, without a gradient. */
public final class LossEvaluator {
    /** Micro-batches that are read before they are needed. */
    private static final int READ_AHEAD = 4;

    private final Execution on;
    private final TrainingState state;
    private final Frame frame;
    private final Memory batchMemory;
    private final int microBatch;
    private final long sequence;
    private final LossTally tally;

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
        this.tally = new LossTally(on, state.stepState(), state.family());
    }

    /** Those of the first {@code samples} of a dataset, in the stored order, which the data group divides. */
    public Losses losses(TokenDataset dataset, long samples, Configuration hadoop) {
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
            return losses(batches, samples);
        }
    }

    /**
     * @param batches this rank's samples, in micro-batches; every rank of a tensor group takes the same
     * @param all samples of all ranks
     */
    private Losses losses(BatchReader batches, long all) {
        tally.begin();
        long targets = 0;
        long samples = 0;
        for (Batch next = batches.next(); next != null; next = batches.next()) {
            MicroBatch batch = MicroBatch.over(batchMemory, state.family(), next.positions().length, sequence);
            Feed.write(on.queue(), next, batch);
            state.model().evaluate(frame, batch, state.stepState());
            targets += next.targets();
            samples += next.positions().length;
        }
        if (state.family() == Family.GPT) {
            tally.known(all * sequence);
        } else {
            tally.count(targets, samples);
        }
        tally.end();
        return tally.read(state.readStepState());
    }
}
