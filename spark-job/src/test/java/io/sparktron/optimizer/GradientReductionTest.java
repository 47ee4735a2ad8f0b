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

/** What each gradient is added over: small whole numbers, so that every sum is exact and a rank that is missed or counted twice shows. */
@Timeout(60)
class GradientReductionTest {
    private static final String NORM = "norm";
    private static final String MATRIX = "matrix";
    private static final String POSITIONS = "positions";
    private static final String BIAS = "bias";

    /** Two buckets; in the first, sums over rows stand on both sides of another parameter. */
    private static List<List<ParameterSpec>> buckets(int tensor) {
        Shape matrix = Shape.of(12, 5);
        return List.of(
                List.of(
                        new ParameterSpec(NORM, Shape.of(13), new Replicated(), Kind.LAYER_NORM, Initial.ONE)
                                .summedOverRows(),
                        new ParameterSpec(MATRIX, matrix, Split.even(matrix, 0, tensor), Kind.MATRIX, Initial.ZERO),
                        new ParameterSpec(BIAS, Shape.of(4099), new Replicated(), Kind.BIAS, Initial.ZERO)
                                .summedOverRows()),
                List.of(new ParameterSpec(POSITIONS, Shape.of(7, 5), new Replicated(), Kind.EMBEDDING, Initial.ZERO)));
    }

    @ParameterizedTest(name = "tensor {0} x data {1}, sequence parallel {2}")
    @CsvSource({"1, 3, false", "3, 1, false", "2, 3, false", "3, 1, true", "2, 3, true", "1, 2, true", "1, 1, true"})
    void addsRowSumsOverTheTensorGroupOnlyUnderSequenceParallelism(int tensor, int data, boolean sequence) {
        Layout layout = new Layout(tensor, data, sequence, false);
        for (Backends backend : Backends.values()) {
            new ThreadRanks(Duration.ofSeconds(30))
                    .run(layout.ranks(), context -> reduce(backend, layout, context), report -> {});
        }
    }

    private static int reduce(Backends backend, Layout layout, RankContext context) {
        Execution on = backend.execution(layout, context.world());
        Allocator memory = context.world().allocator();
        ParameterStorage parameters = new ParameterStorage(
                buckets(layout.tensor()),
                on.mesh().tensorRank(),
                OptimizerShare.WHOLE,
                DType.FLOAT32,
                new ParameterStorage.Source(memory, on.kernels().device().allocator(), true));
        for (Parameter parameter : parameters.all()) {
            on.kernels().elementwise().fill(on.queue(), parameter.gradient(), 1L << 2 * context.rank());
        }
        GradientReduction reduction = new GradientReduction(on, parameters, new ExposedTime());
        reduction.start(1);
        reduction.start(0);
        reduction.finish();

        long copies = 0; // of ranks in the same place of every tensor group
        long all = 0;
        for (int rank = 0; rank < layout.ranks(); rank++) {
            all += 1L << 2 * rank;
            copies += rank % layout.tensor() == on.mesh().tensorRank() ? 1L << 2 * rank : 0;
        }
        float[] own = {copies};
        float[] rowSum = {layout.sequence() ? all : copies};
        assertThat(read(on, parameters.get(MATRIX).gradient())).containsOnly(own);
        assertThat(read(on, parameters.get(POSITIONS).gradient())).containsOnly(own);
        assertThat(read(on, parameters.get(NORM).gradient())).containsOnly(rowSum);
        assertThat(read(on, parameters.get(BIAS).gradient())).containsOnly(rowSum);
        return 0;
    }

    private static float[] read(Execution on, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().read(tensor, bytes);
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
