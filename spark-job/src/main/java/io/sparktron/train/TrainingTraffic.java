package io.sparktron.train;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.ExposedTime;
import io.sparktron.optimizer.GradientReduction;
import io.sparktron.optimizer.ParameterGather;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;
import io.sparktron.train.DeviceConfig.Kind;

/**
 * What a rank exchanges in a step, found by running the model's own forward and backward, and what follows them, with nothing behind them. A few scalars of the loss
 * and the gradient norm are left out, and the sums of chunks that a sharded optimizer adds, 8 bytes for every 4096 gradients.
 *
 * @param tensor with its tensor group, for each micro-batch
 * @param rowSums with its tensor group, for each step: gradients that are sums over the rows of each rank
 * @param data with its data group, for each step
 */
public record TrainingTraffic(Exchange tensor, Exchange rowSums, Exchange data) {
    private static final long BOUNDLESS = Long.MAX_VALUE / 2;

    /** In float32. */
    public static TrainingTraffic of(ModelConfig config, Layout layout, int microBatch, Mode mode) {
        return of(config, layout, microBatch, mode, DType.FLOAT32, Kind.HOST);
    }

    /**
     * @param type that the model computes in
     * @param kind where
     */
    public static TrainingTraffic of(
            ModelConfig config, Layout layout, int microBatch, Mode mode, DType type, Kind kind) {
        Exchange.Count tensor = new Exchange.Count(layout.tensor());
        Exchange.Count data = new Exchange.Count(layout.data());
        try (Device device = kind == Kind.CUDA ? new PlannedGpu() : new HostDevice(1)) {
            Kernels kernels =
                    device instanceof HostDevice host ? new HostKernels(host) : PlannedGpu.kernels(device, type);
            Execution dry = DryRun.execution(kernels, layout, type, tensor, data);
            TrainingState state =
                    new TrainingState(dry, config, new ParameterStorage.Source(DryRun.VIRTUAL, DryRun.VIRTUAL, true));
            Memory boundless = DryRun.VIRTUAL.allocate("activations", BOUNDLESS);
            Frame frame = new Frame(boundless);
            MicroBatch batch = MicroBatch.over(boundless, config.family(), microBatch, config.sequence());
            state.model(mode).forward(frame, batch, state.stepState()).backward(bucket -> {});
            Exchange ofMicroBatch = tensor.take();
            ExposedTime none = new ExposedTime();
            GradientReduction reduction = new GradientReduction(dry, state.parameters(), none);
            for (int bucket = 0; bucket < state.parameters().buckets().size(); bucket++) {
                reduction.start(bucket);
            }
            new ParameterGather(dry, state.parameters(), none).run();
            return new TrainingTraffic(ofMicroBatch, tensor.take(), data.take());
        }
    }
}
