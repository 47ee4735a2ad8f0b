package io.sparktron.train;

import io.sparktron.data.Batch;
import io.sparktron.data.BatchReader;
import io.sparktron.kernels.StepState;
import io.sparktron.model.LanguageModel;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig.Family;
import io.sparktron.optimizer.Adam;
import io.sparktron.optimizer.ExposedTime;
import io.sparktron.optimizer.GradientReduction;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * One update: forward and backward of the rank's micro-batches, gradients added over the data group while the last backward goes on, clipping, Adam. The host
 * enqueues the same calls at every step and reads the step state once, at the end.
 */
public final class TrainStep {
    private static final IntConsumer NOTHING = bucket -> {};

    private final Execution on;
    private final TrainingState state;
    private final LanguageModel model;
    private final TrainingConfig config;
    private final Frame frame;
    private final MicroBatch batch;
    private final GradientReduction reduction;
    private final Adam adam;
    private final ExposedTime exposed;
    private final LossTally tally;

    /**
     * What a step did.
     *
     * @param losses of the global batch, before the update
     * @param norm of the gradient before clipping
     * @param lossScale with which the gradient was computed
     * @param skipped whether the norm was not finite, so that nothing was updated
     * @param fatal whether it was not finite although no smaller loss scale can help
     */
    public record Outcome(Losses losses, double norm, double lossScale, boolean skipped, boolean fatal)
            implements Serializable {
        /** The whole loss, nats. */
        public double loss() {
            return losses.total();
        }
    }

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
        this.tally = new LossTally(on, state.stepState(), state.family());
    }

    /** Where a step takes its input from: the samples of this rank's next micro-batch. */
    public interface Samples {
        Batch next();

        /** Those that a reader gives, which reads at least a step's accumulation - 1 ahead. */
        static Samples of(BatchReader reader) {
            return new Samples() {
                @Override
                public Batch next() {
                    return reader.next();
                }

                @Override
                public List<Batch> next(int count) {
                    return reader.next(count);
                }
            };
        }

        /** Those of a whole step, all valid at once: their targets are counted before the first is used. */
        default List<Batch> next(int count) {
            return Stream.generate(this::next).limit(count).toList();
        }
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
        double lossScale = state.lossScale();
        accumulate(step, globalBatch, samples);
        adam.update();
        ByteBuffer slots = state.readStepState();
        double norm = slots.getDouble(StepState.NORM * Double.BYTES);
        boolean skipped = slots.getDouble(StepState.SKIPPED * Double.BYTES) != 0;
        boolean fatal = slots.getDouble(StepState.FATAL * Double.BYTES) != 0;
        return new Outcome(tally.read(slots), norm, lossScale, skipped, fatal);
    }

    /** The losses of what was accumulated last. */
    Losses losses() {
        return tally.read(state.readStepState());
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
        write(state.stepState().slot(StepState.LEARNING_RATE), config.schedule().at(step));
        tally.begin();
        Samples counted = counted(samples, accumulation);
        on.kernels().elementwise().fill(on.queue(), state.parameters().gradients(), 0);
        for (int i = 1; i <= accumulation; i++) {
            Feed.write(on.queue(), counted.next(), batch);
            long mark = frame.mark();
            LanguageModel.Pass pass = model.forward(frame, batch, state.stepState());
            pass.backward(i == accumulation ? reduction::start : NOTHING);
            frame.release(mark);
        }
        reduction.finish();
        tally.end();
    }

    /** The step's micro-batches, after their targets were counted: of GPT that needs none of them, of BERT, whose masks decide, all at once. */
    private Samples counted(Samples samples, int accumulation) {
        if (state.family() == Family.GPT) {
            tally.count(accumulation * batch.rowCount(), accumulation * batch.samples());
            return samples;
        }
        List<Batch> batches = samples.next(accumulation);
        tally.count(
                batches.stream().mapToLong(Batch::targets).sum(),
                batches.stream().mapToLong(next -> next.positions().length).sum());
        return batches.iterator()::next;
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
