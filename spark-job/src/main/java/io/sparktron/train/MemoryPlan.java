package io.sparktron.train;

import io.sparktron.checkpoint.BackgroundWriter;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.WidenedKernels;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Tensor;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;

/**
 * What one rank needs of its device, known before anything is allocated. Activations are found by running the model's own forward and backward with nothing
 * behind them, so the plan cannot disagree with the step.
 *
 * @param parameters weights and what training keeps beside them (gradients, Adam's moments, step state), and on processors the float32 that 16-bit operands are widened to, bytes
 * @param activations highest point of the frame of one micro-batch, bytes
 * @param saved what the rank saves of the parameters, of which a save in the background needs a copy besides, bytes; under a sharded optimizer the most that any does
 */
public record MemoryPlan(long parameters, long activations, long saved) implements Serializable {
    private static final long BOUNDLESS = Long.MAX_VALUE / 2;

    /** FLOAT32 of a parameter that a checkpoint holds: the weight and two moments. */
    private static final int SAVED_TENSORS = 3;

    /** For training: forward and backward of one micro-batch, and the loss of one for validation. */
    public static MemoryPlan training(
            Kernels kernels, ModelConfig config, Layout layout, int microBatch, Mode mode, DType type) {
        return training(kernels, config, layout, microBatch, mode, type, new HashMap<>());
    }

    /** @param purposes receives the bytes of each allocation that is not activations */
    static MemoryPlan training(
            Kernels kernels,
            ModelConfig config,
            Layout layout,
            int microBatch,
            Mode mode,
            DType type,
            Map<String, Long> purposes) {
        return of(kernels, config, layout, microBatch, type, true, purposes, (state, frame, batch) -> {
            long mark = frame.mark();
            state.model(mode).forward(frame, batch, state.stepState()).backward(bucket -> {});
            frame.release(mark);
            state.model().evaluate(frame, batch, state.stepState());
        });
    }

    /** For evaluation: the loss of one micro-batch. */
    public static MemoryPlan evaluation(Kernels kernels, ModelConfig config, Layout layout, int microBatch) {
        return of(
                kernels,
                config,
                layout,
                microBatch,
                DType.FLOAT32,
                false,
                new HashMap<>(),
                (state, frame, batch) -> state.model().evaluate(frame, batch, state.stepState()));
    }

    /** For generation: the logits of the last position of one sample, gathered. */
    public static MemoryPlan generation(Kernels kernels, ModelConfig config, Layout layout) {
        return of(kernels, config, layout, 1, DType.FLOAT32, false, new HashMap<>(), (state, frame, batch) -> {
            Tensor part = state.model().logits(frame, batch, batch.sequence() - 1, 1); // [1, v]
            frame.take(part.type(), layout.tensor() * part.elements());
        });
    }

    /** All of it but that copy, bytes. */
    public long total() {
        return parameters + activations;
    }

    private interface Pass {
        void run(TrainingState state, Frame frame, MicroBatch batch);
    }

    private static MemoryPlan of(
            Kernels kernels,
            ModelConfig config,
            Layout layout,
            int microBatch,
            DType type,
            boolean forTraining,
            Map<String, Long> purposes,
            Pass pass) {
        long[] scratch = {0}; // of the largest call
        Execution dry = DryRun.execution(
                kernels,
                layout,
                type,
                call -> scratch[0] = Math.max(scratch[0], WidenedKernels.scratchBytes(kernels.device(), call)));
        Allocator counting = (purpose, bytes) -> {
            purposes.merge(purpose, bytes, Long::sum);
            return DryRun.VIRTUAL.allocate(purpose, bytes);
        };
        Memory boundless = DryRun.VIRTUAL.allocate("activations", BOUNDLESS);
        Frame frame = new Frame(boundless);
        TrainingState state =
                new TrainingState(dry, config, new ParameterStorage.Source(counting, counting, forTraining));
        MicroBatch batch = MicroBatch.over(boundless, config.family(), microBatch, config.sequence());
        pass.run(state, frame, batch);
        purposes.put("widened 16-bit operands", scratch[0]);
        return new MemoryPlan(
                purposes.values().stream().mapToLong(Long::longValue).sum(),
                frame.peak(),
                forTraining ? saved(state) : 0);
    }

    private static long saved(TrainingState state) {
        ParameterStorage parameters = state.parameters();
        if (parameters.share().isWhole()) {
            return BackgroundWriter.bytes(state.all());
        }
        // Ranks of a data group save their own ranges; which of these has the least padding is not worth finding out.
        return SAVED_TENSORS
                * parameters.gradients().bytes()
                / parameters.share().of();
    }
}
