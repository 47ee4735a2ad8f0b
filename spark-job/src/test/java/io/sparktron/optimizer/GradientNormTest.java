package io.sparktron.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.Communicator;
import io.sparktron.collective.Communicators;
import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import io.sparktron.collective.ThreadRendezvous;
import io.sparktron.parallel.Bucket;
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
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
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

    /** Of gradients that round in every sum; what lies in the ranges of other ranks is left there by a reduce-scatter, and means nothing. */
    @ParameterizedTest(name = "tensor {0} x data {1}, over {2}")
    @CsvSource({"1, 3, MEMORY", "2, 3, MEMORY", "2, 2, SOCKETS", "1, 5, SOCKETS"})
    void aShardedOptimizersNormHasTheBitsOfTheWhole(int tensor, int data, Transport transport) {
        List<Double> whole =
                transport.run(tensor * data, world -> ofUnevenGradients(new Layout(tensor, data, false, false), world));
        List<Double> sharded =
                transport.run(tensor * data, world -> ofUnevenGradients(new Layout(tensor, data, false, true), world));
        assertThat(whole.get(0)).isBetween(1e3, 1e5);
        assertThat(whole).containsOnly(whole.get(0));
        assertThat(sharded).isEqualTo(whole);
    }

    /** How ranks as threads reach each other. */
    private enum Transport {
        MEMORY,
        SOCKETS;

        List<Double> run(int ranks, Function<Communicator, Double> program) {
            Duration limit = Duration.ofSeconds(30);
            ThreadRendezvous rendezvous = new ThreadRendezvous(ranks, limit);
            return IntStream.range(0, ranks)
                    .mapToObj(rank -> CompletableFuture.supplyAsync(
                            () -> {
                                HostIdentity host =
                                        new HostIdentity(this == MEMORY ? "boot" : "boot-" + rank, "pid", "h");
                                Network network = new Network("127.0.0.1", 0, 0, "secret", limit);
                                try (Communicator world =
                                        Communicators.open("world", rendezvous.end(rank), host, network, limit)) {
                                    return program.apply(world);
                                }
                            },
                            task -> new Thread(task, "rank-" + rank).start()))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
    }

    private static double ofUnevenGradients(Layout layout, Communicator world) {
        Execution on = Backends.PLAIN.execution(layout, world);
        ParameterStorage parameters = storage(layout, on, world.allocator());
        on.kernels().elementwise().fill(on.queue(), parameters.gradients(), 0);
        for (Parameter parameter : parameters.all()) {
            Tensor gradient = parameter.used(parameter.gradient());
            ByteBuffer values = ByteBuffer.allocate((int) gradient.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            int shard = parameter.spec().placement() instanceof Replicated
                    ? 0
                    : on.mesh().tensorRank();
            for (int i = 0; i < gradient.elements(); i++) {
                values.putFloat(
                        i * Float.BYTES,
                        (float) Math.sin(1 + i + 7919 * shard)
                                / parameter.name().charAt(0)
                                * 50);
            }
            on.queue().write(values, gradient);
        }
        if (layout.shardedOptimizer()) {
            parameters.buckets().forEach(bucket -> spoilOthers(on, bucket));
        }
        return addTo(on, parameters, world.allocator());
    }

    private static void spoilOthers(Execution on, Bucket bucket) {
        Tensor all = bucket.gradients();
        Tensor owned = bucket.ownedOf(all);
        long before = (owned.offset() - all.offset()) / Float.BYTES;
        long after = before + owned.elements();
        on.kernels().elementwise().fill(on.queue(), all.rows(0, before), Float.NaN);
        on.kernels().elementwise().fill(on.queue(), all.rows(after, all.elements() - after), Float.NaN);
    }

    private static ParameterStorage storage(Layout layout, Execution on, Allocator shared) {
        return new ParameterStorage(
                buckets(layout.tensor()),
                on.mesh().tensorRank(),
                OptimizerShare.of(on.mesh()),
                DType.FLOAT32,
                new ParameterStorage.Source(shared, on.kernels().device().allocator(), true));
    }

    private static double addTo(Execution on, ParameterStorage parameters, Allocator shared) {
        Memory memory = shared.allocate("squared norm", DType.FLOAT64.bytes());
        Tensor squared = new Tensor(memory, 0, DType.FLOAT64, Shape.of(1));
        on.kernels().elementwise().fill(on.queue(), squared, 0);
        new GradientNorm(on, parameters, shared).addTo(squared);
        ByteBuffer value = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        on.queue().read(squared, value);
        return value.getDouble(0);
    }

    private static double squaredNorm(Backends backend, Layout layout, RankContext context) {
        Execution on = backend.execution(layout, context.world());
        Allocator shared = context.world().allocator();
        ParameterStorage parameters = storage(layout, on, shared);
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

        return addTo(on, parameters, shared);
    }
}
