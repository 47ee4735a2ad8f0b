package io.sparktron.collective;

import static io.sparktron.collective.Operands.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Ranks that ask for different things: an error on all of them, with the same words. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Placement.class)
class DisagreementTest {
    private static final Duration NO_LIMIT = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(700);

    @Parameter
    private Placement placement;

    private final HostDevice device = new HostDevice(1);
    private final Queue queue = device.newQueue("compute");

    @AfterEach
    void close() {
        device.close();
    }

    private static Tensor floats(long elements) {
        return tensor(HostMemory::allocate, elements);
    }

    private static Collective sum(long elements) {
        return new Collective.AllReduce(Reduction.SUM, floats(elements));
    }

    @Test
    void differentOperations() {
        RankThreads.failWith(
                placement,
                3,
                NO_LIMIT,
                "group world: ranks ask for different collectives: rank 0 asks for all-reduce sum of FLOAT32 x 5, "
                        + "rank 1 asks for barrier, rank 2 asks for all-reduce sum of FLOAT32 x 5",
                world -> {
                    world.run(world.rank() == 1 ? new Collective.Barrier() : sum(5), queue);
                    return null;
                });
    }

    @Test
    void differentLengthsOfWhichOneIsSmall() {
        RankThreads.failWith(
                placement,
                2,
                NO_LIMIT,
                ".*rank 0 asks for all-reduce sum of FLOAT32 x 100000, rank 1 .* x 5",
                world -> {
                    world.run(sum(world.rank() == 0 ? 100_000 : 5), queue);
                    return null;
                });
    }

    @Test
    void differentTypes() {
        RankThreads.failWith(
                placement, 2, NO_LIMIT, ".*rank 0 asks for .* FLOAT32 x 4, rank 1 asks for .* INT32 x 4", world -> {
                    Tensor ints = new Tensor(HostMemory.allocate("ints", 16), 0, DType.INT32, Shape.of(4));
                    world.run(world.rank() == 0 ? sum(4) : new Collective.AllReduce(Reduction.SUM, ints), queue);
                    return null;
                });
    }

    @Test
    void differentReductions() {
        RankThreads.failWith(
                placement,
                2,
                NO_LIMIT,
                ".*rank 0 asks for all-reduce sum .*, rank 1 asks for all-reduce max .*",
                world -> {
                    Reduction reduction = Reduction.values()[world.rank()];
                    world.run(new Collective.AllReduce(reduction, floats(4)), queue);
                    return null;
                });
    }

    @Test
    void differentRoots() {
        RankThreads.failWith(
                placement,
                2,
                NO_LIMIT,
                ".*rank 0 asks for broadcast from rank 0 .*, rank 1 asks for broadcast from rank 1 .*",
                world -> {
                    world.run(new Collective.Broadcast(world.rank(), floats(4)), queue);
                    return null;
                });
    }

    @Test
    void aCollectiveAgainstASplit() {
        RankThreads.failWith(placement, 2, NO_LIMIT, ".*rank 0 asks for split, rank 1 asks for barrier", world -> {
            if (world.rank() == 0) {
                world.split("tensor", 5);
            } else {
                world.run(new Collective.Barrier(), queue);
            }
            return null;
        });
    }

    @Test
    void wrongOperandsOfOneRank() {
        List<RankThreads.Outcome<Void>> outcomes = RankThreads.outcomes(placement, 2, NO_LIMIT, world -> {
            Tensor output = floats(world.rank() == 0 ? 2 : 3);
            world.run(new Collective.AllGather(floats(1), output), queue);
            return null;
        });
        assertThat(outcomes.get(1).failure()).isInstanceOf(IllegalArgumentException.class);
        assertThat(outcomes.get(0).failure())
                .isInstanceOf(CommunicatorException.class)
                .hasMessageContaining("rank 1 failed: ")
                .hasMessageContaining("output has 3 elements, must have 2 times the 1 of input");
    }

    @Test
    void groupsInAnotherOrder() {
        // Across hosts this is found at once; in shared memory each waits for the other.
        RankThreads.failWith(placement, 2, SHORT, ".* all-reduce sum of FLOAT32 x 5 .*", world -> {
            Communicator one = world.split("one", 0);
            Communicator other = world.split("other", 0);
            (world.rank() == 0 ? one : other).run(sum(5), queue);
            return null;
        });
    }
}
