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
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Readback;
import io.sparktron.tensor.Tensor;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/**
 * One update: forward and backward of the rank's micro-batches, gradients added over the data group while the last backward goes on, clipping, Adam. The host
 * enqueues the same calls at every step; the step state is copied to it at the end, where it is read whenever somebody asks, before or after the next step is enqueued.
 */
public final class TrainStep implements AutoCloseable {
    private static final IntConsumer NOTHING = bucket -> {};

    /** Steps that may be enqueued before the first of them is finished. */
    private static final int AHEAD = 2;

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
    private final Queue<Readback> readbacks = new ArrayDeque<>();
    private final Queue<Started> started = new ArrayDeque<>();

    /**
     * A step that was enqueued.
     *
     * @param microBatches their ends
     * @param end to which the step state is copied then
     */
    private record Started(List<Completion> microBatches, Readback end) {}

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
        for (int i = 0; i < AHEAD; i++) {
            readbacks.add(on.queue().newReadback(StepState.SLOTS * Double.BYTES));
        }
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
     * A step of the whole batch, whose end it waits for.
     *
     * @param step from 1
     */
    public Outcome run(long step, Samples samples) {
        start(step, config.globalBatch(), samples);
        return finish();
    }

    /**
     * Enqueues a step. It may be started while the one before it has not been {@link #finish finished}, but not while two have not.
     *
     * @param step from 1
     * @param globalBatch samples of this step, over all ranks
     */
    public void start(long step, int globalBatch, Samples samples) {
        Readback end = readbacks.poll();
        if (end == null) {
            throw new IllegalStateException("step " + step + " is started while two before it are not finished");
        }
        List<Completion> microBatches = accumulate(step, globalBatch, samples);
        adam.update();
        end.start(state.stepState().tensor());
        started.add(new Started(microBatches, end));
    }

    /** Steps that were started and are not finished: the device works on them. */
    public int unfinished() {
        return started.size();
    }

    /** Waits for the end of the earliest step that is not finished, and not for the one after it. */
    public Outcome finish() {
        Started step = started.remove();
        for (Completion microBatch : step.microBatches) {
            microBatch.awaitHost();
            on.mesh().world().progress();
        }
        double lossScale = state.lossScale();
        ByteBuffer slots = step.end.await();
        readbacks.add(step.end);
        state.heard(slots);
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

    /** Returns the ends of the micro-batches. */
    private List<Completion> accumulate(long step, int globalBatch, Samples samples) {
        List<Completion> passed = new ArrayList<>();
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
            passed.add(on.queue().mark());
        }
        reduction.finish();
        tally.end();
        return passed;
    }

    /** The step's micro-batches, after their targets were counted: of GPT that needs none of them, of BERT, whose masks decide, all at once. */
    private Samples counted(Samples samples, int accumulation) {
        if (state.family() == Family.GPT) {
            tally.known(accumulation * batch.rowCount() * on.mesh().layout().data());
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

    /** Frees what the step state is copied to. */
    @Override
    public void close() {
        started.forEach(step -> step.end.close());
        started.clear();
        readbacks.forEach(Readback::close);
        readbacks.clear();
    }
}
