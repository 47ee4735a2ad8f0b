package io.sparktron.train;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.model.GptConfig;
import io.sparktron.model.MicroBatch;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;

/** One rank's part of a trained model with the memory to run it forward, and none for training. */
public final class Inference implements AutoCloseable {
    private final Execution on;
    private final GptConfig config;
    private final TrainingState state;
    private final Memory activations;
    private final Memory batchMemory;
    private final Frame frame;

    private Inference(Execution on, GptConfig config, int microBatch, MemoryPlan plan) {
        this.on = on;
        this.config = config;
        Allocator shared = on.mesh().world().allocator();
        Allocator own = on.kernels().device().allocator();
        state = new TrainingState(on, config, new ParameterStorage.Source(shared, own, false));
        activations = shared.allocate("activations", plan.activations());
        batchMemory = own.allocate("micro-batch", MicroBatch.bytes(microBatch, config.sequence()));
        frame = new Frame(activations);
    }

    /** For losses of up to {@code microBatch} samples at once. */
    public static Inference forLosses(Execution on, Checkpoint checkpoint, GptConfig config, int microBatch) {
        MemoryPlan plan = MemoryPlan.evaluation(on.kernels(), config, on.mesh().layout(), microBatch);
        return load(new Inference(on, config, microBatch, plan), checkpoint);
    }

    /** For the logits of one sample's last position. */
    public static Inference forLogits(Execution on, Checkpoint checkpoint, GptConfig config) {
        MemoryPlan plan = MemoryPlan.generation(on.kernels(), config, on.mesh().layout());
        return load(new Inference(on, config, 1, plan), checkpoint);
    }

    public TrainingState state() {
        return state;
    }

    public Frame frame() {
        return frame;
    }

    /** An unfilled micro-batch of one sample. */
    public MicroBatch sample(long tokens) {
        return MicroBatch.over(batchMemory, 1, tokens);
    }

    public LossEvaluator evaluator() {
        return new LossEvaluator(on, state, frame, batchMemory, config.sequence());
    }

    @Override
    public void close() {
        batchMemory.close();
        activations.close();
        state.close();
    }

    private static Inference load(Inference inference, Checkpoint checkpoint) {
        try {
            checkpoint.load(inference.state.weights(), inference.on.queue());
            return inference;
        } catch (RuntimeException e) {
            inference.close();
            throw e;
        }
    }
}
