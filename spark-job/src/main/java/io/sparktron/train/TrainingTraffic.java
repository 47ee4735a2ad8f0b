package io.sparktron.train;

import io.sparktron.collective.Collective;
import io.sparktron.kernels.StepState;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.model.GptModel;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.GradientReduction;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Tensor;
import java.util.function.Consumer;

/**
 * What a rank gives to the collectives of a step, found by running the model's own forward and backward with nothing behind them. A few scalars of the loss and
 * the gradient norm are left out.
 *
 * @param tensor with its tensor group, for each micro-batch
 * @param data with its data group, for each step
 */
public record TrainingTraffic(Amount tensor, Amount data) {
    private static final long BOUNDLESS = Long.MAX_VALUE / 2;

    /**
     * @param operations all-reduces
     * @param bytes of all their operands
     */
    public record Amount(int operations, long bytes) {
        static final Amount NONE = new Amount(0, 0);
    }

    public static TrainingTraffic of(ModelConfig config, Layout layout, int microBatch) {
        Count tensor = new Count();
        Count data = new Count();
        try (HostDevice device = new HostDevice(1)) {
            Execution dry = DryRun.execution(new HostKernels(device), layout, tensor, data);
            TrainingState state =
                    new TrainingState(dry, config, new ParameterStorage.Source(DryRun.VIRTUAL, DryRun.VIRTUAL, true));
            Memory boundless = DryRun.VIRTUAL.allocate("activations", BOUNDLESS);
            Frame frame = new Frame(boundless);
            MicroBatch batch = MicroBatch.over(boundless, microBatch, config.sequence());
            Tensor scalar = state.stepState().slot(StepState.LOSS_SUM);
            GptModel.Saved saved = state.model().forward(frame, batch, scalar);
            state.model().backward(frame, batch, saved, scalar, new GradientReduction(dry, state.parameters())::start);
        }
        return new TrainingTraffic(
                layout.tensor() == 1 ? Amount.NONE : tensor.amount(), layout.data() == 1 ? Amount.NONE : data.amount());
    }

    private static final class Count implements Consumer<Collective> {
        private int operations;
        private long bytes;

        @Override
        public void accept(Collective operation) {
            if (!(operation instanceof Collective.AllReduce reduce)) {
                throw new IllegalStateException(operation + " in a step, which is made of all-reduces");
            }
            operations++;
            bytes += reduce.tensor().bytes();
        }

        Amount amount() {
            return new Amount(operations, bytes);
        }
    }
}
