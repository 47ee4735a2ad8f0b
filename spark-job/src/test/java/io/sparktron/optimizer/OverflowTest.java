package io.sparktron.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.StepState;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.OptimizerShare;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.parallel.ParameterSpec.Initial;
import io.sparktron.parallel.ParameterSpec.Kind;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.parallel.Placement.Replicated;
import io.sparktron.parallel.Placement.Split;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.train.Backends;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One element of one rank's gradient overflows: all ranks of the world skip that step, and decide alike on the scale of the next. */
@Timeout(60)
class OverflowTest {
    private static final LossScaling SCALING = new LossScaling(8, 2, 1, 1);
    private static final AdamConfig ADAM = new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1);

    private static List<List<ParameterSpec>> buckets(int tensor) {
        Shape matrix = Shape.of(12, 997); // of several chunks on each rank
        return List.of(List.of(
                new ParameterSpec("matrix", matrix, Split.even(matrix, 0, tensor), Kind.MATRIX, Initial.ZERO),
                new ParameterSpec("bias", Shape.of(7), new Replicated(), Kind.BIAS, Initial.ZERO)));
    }

    @ParameterizedTest(name = "tensor {0} x data {1}, sharded {2}, on rank {3}, {4}")
    @CsvSource({
        "1, 1, false, 0, Infinity",
        "2, 2, false, 1, Infinity",
        "2, 2, false, 2, NaN",
        "2, 2, true, 3, -Infinity",
        "1, 3, true, 0, NaN",
        "3, 2, true, 4, Infinity"
    })
    void skipsOnAllRanks(int tensor, int data, boolean sharded, int overflowing, float what) {
        Layout layout = new Layout(tensor, data, false, sharded);
        for (Backends backend : Backends.values()) {
            List<ArrayList<Double>> states = new ThreadRanks(Duration.ofSeconds(30))
                    .run(
                            layout.ranks(),
                            context -> step(backend, layout, context, context.rank() == overflowing ? what : 1),
                            report -> {});
            assertThat(states).allMatch(states.get(0)::equals);
            List<Double> state = states.get(0);
            assertThat(state.get(StepState.SKIPPED)).isEqualTo(1);
            assertThat(state.get(StepState.FATAL)).isZero();
            assertThat(state.get(StepState.UPDATES)).isZero();
            assertThat(state.get(StepState.OVERFLOWED)).isEqualTo(1);
            assertThat(state.get(StepState.LOSS_SCALE)).isEqualTo(4);
        }
    }

    /** Returns the step state after an update, by slot; every value must be what it was. */
    private static ArrayList<Double> step(Backends backend, Layout layout, RankContext context, float last) {
        Execution on = backend.execution(layout, context.world());
        Allocator shared = context.world().allocator();
        ParameterStorage parameters = new ParameterStorage(
                buckets(layout.tensor()),
                on.mesh().tensorRank(),
                OptimizerShare.of(on.mesh()),
                DType.FLOAT32,
                new ParameterStorage.Source(shared, on.kernels().device().allocator(), true));
        for (Parameter parameter : parameters.all()) {
            on.kernels().elementwise().fill(on.queue(), parameter.used(parameter.value()), 0.5);
            on.kernels().elementwise().fill(on.queue(), parameter.used(parameter.gradient()), 1);
        }
        Tensor matrix = parameters.get("matrix").gradientVector();
        on.kernels().elementwise().fill(on.queue(), matrix.rows(matrix.elements() - 1, 1), last);
        Memory memory = shared.allocate("step state", (long) StepState.SLOTS * Double.BYTES);
        StepState state = new StepState(new Tensor(memory, 0, DType.FLOAT64, Shape.of(StepState.SLOTS)));
        on.kernels().elementwise().fill(on.queue(), state.tensor(), 0);
        on.kernels().elementwise().fill(on.queue(), state.slot(StepState.LOSS_SCALE), SCALING.initial());
        on.kernels().elementwise().fill(on.queue(), state.slot(StepState.HYSTERESIS_LEFT), SCALING.hysteresis());
        ExposedTime exposed = new ExposedTime();
        GradientReduction reduction = new GradientReduction(on, parameters, exposed);
        reduction.start(0);
        reduction.finish();
        new Adam(on, parameters, ADAM, SCALING, state, shared, exposed).update();

        for (Parameter parameter : parameters.all()) {
            ByteBuffer values = read(on, parameter.used(parameter.value()));
            while (values.hasRemaining()) {
                assertThat(values.getFloat()).as(parameter.name()).isEqualTo(0.5f);
            }
        }
        ByteBuffer slots = read(on, state.tensor());
        ArrayList<Double> all = new ArrayList<>();
        while (slots.hasRemaining()) {
            all.add(slots.getDouble());
        }
        return all;
    }

    private static ByteBuffer read(Execution on, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().read(tensor, bytes);
        return bytes;
    }
}
