package io.sparktron.train;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;

/** One rank's part of a trained model with the memory to run it forward, and none for training. */
public final class Inference implements AutoCloseable {
    private final Allocations held = new Allocations();
    private final Execution on;
    private final ModelConfig config;
    private final int microBatch;
    private final TrainingState state;
    private final Memory batchMemory;
    private final Frame frame;

    private Inference(Execution on, Checkpoint checkpoint, ModelConfig config, int microBatch, MemoryPlan plan) {
        this.on = on;
        this.config = config;
        this.microBatch = microBatch;
        Allocator shared = held.from(on.mesh().world().allocator());
        Allocator own = held.from(on.kernels().device().allocator());
        try {
            state = new TrainingState(on, config, new ParameterStorage.Source(shared, own, false));
            Memory activations = shared.allocate("activations", plan.activations());
            batchMemory = own.allocate("micro-batch", MicroBatch.bytes(config.family(), microBatch, config.sequence()));
            frame = new Frame(activations);
            state.loadWeights(checkpoint, on.mesh().world()::progress);
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    /** For losses of up to {@code microBatch} samples at once. */
    public static Inference forLosses(Execution on, Checkpoint checkpoint, ModelConfig config, int microBatch) {
        MemoryPlan plan = MemoryPlan.evaluation(on.kernels(), config, on.mesh().layout(), microBatch);
        return new Inference(on, checkpoint, config, microBatch, plan);
    }

    /** For the logits of one sample's last position. */
    public static Inference forLogits(Execution on, Checkpoint checkpoint, ModelConfig config) {
        MemoryPlan plan = MemoryPlan.generation(on.kernels(), config, on.mesh().layout());
        return new Inference(on, checkpoint, config, 1, plan);
    }

    public TrainingState state() {
        return state;
    }

    public Frame frame() {
        return frame;
    }

    /** An unfilled micro-batch of one sample. */
    public MicroBatch sample(long tokens) {
        return MicroBatch.over(batchMemory, config.family(), 1, tokens);
    }

    public LossEvaluator evaluator() {
        return new LossEvaluator(on, state, frame, batchMemory, microBatch, config.sequence());
    }

    @Override
    public void close() {
        held.close();
    }
}
