package io.sparktron.train;

import io.sparktron.collective.Collective;
import io.sparktron.kernels.StepState;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.model.GptModel;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.Mode;
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
 * @param rowSums with its tensor group, for each step: gradients that are sums over the rows of each rank
 * @param data with its data group, for each step
 */
public record TrainingTraffic(Amount tensor, Amount rowSums, Amount data) {
    private static final long BOUNDLESS = Long.MAX_VALUE / 2;

    /**
     * @param operations all-reduces, reduce-scatters and all-gathers
     * @param bytes of all the whole tensors that they reduce or put together
     */
    public record Amount(long operations, long bytes) {
        static final Amount NONE = new Amount(0, 0);

        /** So many times as much. */
        public Amount times(int number) {
            return new Amount(operations * number, bytes * number);
        }

        public Amount plus(Amount other) {
            return new Amount(operations + other.operations, bytes + other.bytes);
        }
    }

    public static TrainingTraffic of(ModelConfig config, Layout layout, int microBatch, Mode mode) {
        Count tensor = new Count(layout.tensor());
        Count data = new Count(layout.data());
        try (HostDevice device = new HostDevice(1)) {
            Execution dry = DryRun.execution(new HostKernels(device), layout, tensor, data);
            TrainingState state =
                    new TrainingState(dry, config, new ParameterStorage.Source(DryRun.VIRTUAL, DryRun.VIRTUAL, true));
            Memory boundless = DryRun.VIRTUAL.allocate("activations", BOUNDLESS);
            Frame frame = new Frame(boundless);
            MicroBatch batch = MicroBatch.over(boundless, microBatch, config.sequence());
            Tensor scalar = state.stepState().slot(StepState.LOSS_SUM);
            GptModel model = state.model(mode);
            GptModel.Saved saved = model.forward(frame, batch, scalar);
            model.backward(frame, batch, saved, scalar, bucket -> {});
            Amount ofMicroBatch = tensor.taken();
            GradientReduction reduction = new GradientReduction(dry, state.parameters());
            for (int bucket = 0; bucket < state.parameters().buckets(); bucket++) {
                reduction.start(bucket);
            }
            return new TrainingTraffic(ofMicroBatch, tensor.taken(), data.taken());
        }
    }

    private static final class Count implements Consumer<Collective> {
        private final int ranks;
        private int operations;
        private long bytes;

        Count(int ranks) {
            this.ranks = ranks;
        }

        @Override
        public void accept(Collective operation) {
            operations++;
            bytes += whole(operation).bytes();
        }

        private static Tensor whole(Collective operation) {
            if (operation instanceof Collective.AllReduce reduce) {
                return reduce.tensor();
            }
            if (operation instanceof Collective.ReduceScatter reduce) {
                return reduce.input();
            }
            if (operation instanceof Collective.AllGather gather) {
                return gather.output();
            }
            throw new IllegalStateException(operation + " is no part of a step");
        }

        /** What was counted since the last time; a rank alone sends nothing. */
        Amount taken() {
            Amount amount = ranks == 1 ? Amount.NONE : new Amount(operations, bytes);
            operations = 0;
            bytes = 0;
            return amount;
        }
    }
}
