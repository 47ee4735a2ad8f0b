package io.sparktron.kernels.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.Communicators;
import io.sparktron.collective.ThreadRendezvous;
import io.sparktron.kernels.check.CollectiveChecks.Found;
import io.sparktron.kernels.host.Elements;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectiveChecksTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theHostsOwnAreRight(int ranks) throws Exception {
        List<Outcome> outcomes = run(ranks, UnaryOperator.identity());
        assertThat(outcomes).hasSizeGreaterThan(100).allMatch(Outcome::isOk);
        assertThat(outcomes)
                .extracting(Outcome::kernel)
                .contains(
                        "collective.allReduce",
                        "collective.reduceScatter",
                        "collective.allGather",
                        "collective.broadcast");
    }

    @Test
    void aWrongElementIsFoundAndItsRankAndCollectiveNamed() throws Exception {
        List<Outcome> outcomes = run(2, world -> new Spoiled(world, 0x1p-3));
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.kernel().equals("collective.reduceScatter"))
                .allSatisfy(outcome ->
                        assertThat(outcome.problem()).matches("rank 1: element \\d+ is .*, must be .* within .*"));
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.kernel().equals("collective.broadcast"))
                .allMatch(Outcome::isOk);
    }

    /** A difference that any order of additions might make is still one that no two ranks may have. */
    @Test
    void ranksThatDifferInOneBitAreFound() throws Exception {
        Outcome outcome = CollectiveChecks.merge(List.of(
                        List.of(new Found(new Outcome("collective.allReduce", DType.FLOAT32, "[1]", 0.5, ""), 7)),
                        List.of(new Found(new Outcome("collective.allReduce", DType.FLOAT32, "[1]", 0.7, ""), 8))))
                .get(0);
        assertThat(outcome.problem()).isEqualTo("rank 1: not the bits of rank 0");
        assertThat(outcome.share()).isEqualTo(0.7);
    }

    private static List<Outcome> run(int ranks, UnaryOperator<Communicator> plant) throws Exception {
        ThreadRendezvous rendezvous = new ThreadRendezvous(ranks, Duration.ofSeconds(30));
        ExecutorService threads = Executors.newFixedThreadPool(ranks);
        try {
            List<Callable<List<Found>>> calls = IntStream.range(0, ranks)
                    .<Callable<List<Found>>>mapToObj(rank -> () -> {
                        try (HostDevice device = new HostDevice(1);
                                Communicator world = Communicators.onOneHost(
                                        "world", rendezvous.end(rank), Duration.ofSeconds(30))) {
                            return CollectiveChecks.run(plant.apply(world), device.newQueue("check"));
                        }
                    })
                    .toList();
            List<List<Found>> found = new ArrayList<>();
            for (var result : threads.invokeAll(calls)) {
                found.add(result.get());
            }
            return CollectiveChecks.merge(found);
        } finally {
            threads.shutdown();
        }
    }

    /** Scatters sums of which rank 1 has a last element that is off by a part of one. */
    private record Spoiled(Communicator world, double off) implements Communicator {
        @Override
        public int rank() {
            return world.rank();
        }

        @Override
        public int size() {
            return world.size();
        }

        @Override
        public Completion start(Collective operation, Queue after) {
            Completion done = world.start(operation, after);
            if (operation instanceof Collective.ReduceScatter scatter && rank() == 1) {
                done.awaitHost();
                Tensor output = scatter.output();
                Elements.add(output, output.elements() - 1, off);
            }
            return done;
        }

        @Override
        public Communicator split(String name, int color) {
            return world.split(name, color);
        }

        @Override
        public Allocator allocator() {
            return world.allocator();
        }

        @Override
        public void progress() {
            world.progress();
        }

        @Override
        public long progressed() {
            return world.progressed();
        }

        @Override
        public void abort(String cause) {
            world.abort(cause);
        }

        @Override
        public void close() {
            world.close();
        }
    }
}
