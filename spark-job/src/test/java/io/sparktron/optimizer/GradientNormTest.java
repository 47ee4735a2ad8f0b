package io.sparktron.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every logical parameter counts once, at every layout. The gradient of a parameter's copies is reduced from parts: each micro-batch gives every element a small whole number,
 * so sums and squares are exact and the norm can be worked out by hand.
 */
@Timeout(60)
class GradientNormTest {
    private static final int MICRO_BATCHES = 12; // of all ranks together: each data rank has its share

    /**
     * A rank's gradient of each element is the number of micro-batches that it has seen, times the factor of the parameter; of row sums, under sequence parallelism
     * over three ranks, a third of that. Reduced, an element is 12 x factor, and by hand the squared norm is 144 (13 x 1 + 60 x 4 + 5000 x 9 + 35 x 16 + 12001 x 25).
     */
    private static final long BY_HAND = 144L * (13 + 60 * 4 + 5000 * 9 + 35 * 16 + 12001 * 25);

    private static List<List<ParameterSpec>> buckets(int tensor) {
        Shape matrix = Shape.of(12, 5);
        Shape vocabulary = Shape.of(12001, 1); // split with padding, over several chunks
        return List.of(
                List.of(
                        new ParameterSpec(
                                "5", vocabulary, Split.padded(vocabulary, tensor, 8), Kind.EMBEDDING, Initial.ZERO),
                        new ParameterSpec("4", Shape.of(7, 5), new Replicated(), Kind.EMBEDDING, Initial.ZERO)),
                List.of(
                        new ParameterSpec("1", Shape.of(13), new Replicated(), Kind.LAYER_NORM, Initial.ONE)
                                .summedOverRows(),
                        new ParameterSpec("2", matrix, Split.even(matrix, 0, tensor), Kind.MATRIX, Initial.ZERO),
                        new ParameterSpec("3", Shape.of(5000), new Replicated(), Kind.BIAS, Initial.ZERO)
                                .summedOverRows()));
    }

    @ParameterizedTest(name = "tensor {0} x data {1}, sequence {2}, sharded {3}")
    @CsvSource({
        "1, 1, false, false",
        "2, 1, false, false",
        "3, 2, false, false",
        "3, 2, true, false",
        "1, 3, false, true",
        "2, 2, false, true",
        "3, 1, true, true",
        "3, 2, true, true",
        "1, 6, false, true",
    })
    void isTheNormByHand(int tensor, int data, boolean sequence, boolean sharded) {
        Layout layout = new Layout(tensor, data, sequence, sharded);
        for (Backends backend : Backends.values()) {
            List<Double> norms = new ThreadRanks(Duration.ofSeconds(30))
                    .run(layout.ranks(), context -> squaredNorm(backend, layout, context), report -> {});
            assertThat(norms).containsOnly((double) BY_HAND);
        }
    }

    private static double squaredNorm(Backends backend, Layout layout, RankContext context) {
        Execution on = backend.execution(layout, context.world());
        Allocator shared = context.world().allocator();
        ParameterStorage parameters = new ParameterStorage(
                buckets(layout.tensor()),
                on.mesh().tensorRank(),
                OptimizerShare.of(on.mesh()),
                DType.FLOAT32,
                new ParameterStorage.Source(shared, on.kernels().device().allocator(), true));
        for (Parameter parameter : parameters.all()) {
            boolean part = layout.sequence()
                    && parameter.spec().gradient() == ParameterSpec.GradientPlacement.SUMMED_OVER_ROWS;
            double seen = (double) MICRO_BATCHES / layout.data() / (part ? layout.tensor() : 1);
            double factor = Double.parseDouble(parameter.name());
            on.kernels().elementwise().fill(on.queue(), parameter.used(parameter.gradient()), seen * factor);
        }
        ExposedTime exposed = new ExposedTime();
        GradientReduction reduction = new GradientReduction(on, parameters, exposed);
        reduction.start(1);
        reduction.start(0);
        reduction.finish();
        assertThat(exposed.take()).isPositive();
        assertThat(exposed.take()).isZero();

        Memory memory = shared.allocate("squared norm", DType.FLOAT64.bytes());
        Tensor squared = new Tensor(memory, 0, DType.FLOAT64, Shape.of(1));
        on.kernels().elementwise().fill(on.queue(), squared, 0);
        new GradientNorm(on, parameters, shared).addTo(squared);
        ByteBuffer value = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().read(squared, value);
        return value.getDouble(0);
    }
}
