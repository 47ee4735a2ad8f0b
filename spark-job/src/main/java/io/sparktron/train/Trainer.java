package io.sparktron.train;

import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.Adam;
import io.sparktron.optimizer.ExposedTime;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** One rank's training with all its memory, planned and allocated before the first step. */
public final class Trainer implements AutoCloseable {
    private final Allocations held = new Allocations();
    private final MemoryPlan plan;
    private final TrainingState state;
    private final Frame frame;
    private final MicroBatch batch;
    private final TrainStep step;
    private final LossEvaluator evaluator;

    /** Holds nothing if it fails. Weights are zero until {@link TrainingState#initialize} or a checkpoint fills them. */
    public Trainer(Execution on, ModelConfig model, TrainingConfig config) {
        if (on.type() != config.precision().type()) {
            throw new IllegalArgumentException(config.precision() + " on an execution in " + on.type());
        }
        int microBatch = config.microBatch();
        Map<String, Long> purposes = new HashMap<>();
        Allocator shared = held.from(on.mesh().world().allocator());
        Allocator own = held.from(on.kernels().device().allocator());
        try {
            plan = MemoryPlan.training(
                    on.kernels(), model, on.mesh().layout(), microBatch, config.mode(), on.type(), purposes);
            purposes.put("activations", plan.activations());
            state = new TrainingState(on, model, config.lossScaling(), new ParameterStorage.Source(shared, own, true));
            Memory activations = shared.allocate("activations", plan.activations());
            Memory batchMemory =
                    own.allocate("micro-batch", MicroBatch.bytes(model.family(), microBatch, model.sequence()));
            frame = new Frame(activations);
            batch = MicroBatch.over(batchMemory, model.family(), microBatch, model.sequence());
            ExposedTime exposed = new ExposedTime();
            Adam adam = new Adam(
                    on, state.parameters(), config.adam(), config.lossScaling(), state.stepState(), shared, exposed);
            step = new TrainStep(on, state, config, frame, batch, adam, exposed);
            evaluator = new LossEvaluator(on, state, frame, batchMemory, microBatch, model.sequence());
        } catch (OutOfDeviceMemoryException e) {
            held.close();
            throw new OutOfDeviceMemoryException(e.getMessage() + "; " + needs(purposes));
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    /** The table of the plan as one line, the largest first. */
    private static String needs(Map<String, Long> purposes) {
        long all = purposes.values().stream().mapToLong(Long::longValue).sum();
        return "the rank needs " + (all >> 20) + " MiB: "
                + purposes.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .filter(purpose -> purpose.getValue() > 0)
                        .map(purpose -> purpose.getKey() + " " + (purpose.getValue() >> 20))
                        .collect(Collectors.joining(", "));
    }

    public MemoryPlan plan() {
        return plan;
    }

    /** Bytes that it holds. */
    long heldBytes() {
        return held.bytes();
    }

    public TrainingState state() {
        return state;
    }

    public TrainStep step() {
        return step;
    }

    /** Measures losses with this training's weights, between two steps. */
    public LossEvaluator evaluator() {
        return evaluator;
    }

    Frame frame() {
        return frame;
    }

    MicroBatch batch() {
        return batch;
    }

    @Override
    public void close() {
        step.close();
        held.close();
    }
}
