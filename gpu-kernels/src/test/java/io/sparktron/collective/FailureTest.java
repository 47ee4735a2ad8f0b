package io.sparktron.collective;

import static io.sparktron.collective.Operands.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What breaks, on ranks as threads: always an error on all of them, with the first cause. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Placement.class)
class FailureTest {
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

    /**
     * What a rank does that comes late: across hosts it may not have heard yet why the others have failed, and then still finds what they had sent
     * before; but not twice.
     */
    private void comeLate(Communicator group) {
        group.run(new Collective.Barrier(), queue);
        group.run(new Collective.Barrier(), queue);
    }

    @Test
    void aPeerThatNeverComes() {
        CountDownLatch failed = new CountDownLatch(1);
        RankThreads.failWith(
                placement,
                2,
                SHORT,
                "group world: rank 1 \\(.*\\) did not come to barrier within 0.7 s; rank 0 .*",
                world -> {
                    if (world.rank() == 1) {
                        failed.await();
                        comeLate(world);
                    }
                    try {
                        world.run(new Collective.Barrier(), queue);
                    } finally {
                        failed.countDown();
                    }
                    return null;
                });
    }

    @Test
    void whoeverWaitsIsNotToBlame() {
        CountDownLatch failed = new CountDownLatch(1);
        List<RankThreads.Outcome<Void>> outcomes = RankThreads.outcomes(placement, 3, Duration.ofSeconds(1), world -> {
            Communicator low = world.split("low", world.rank() < 2 ? 0 : 1);
            Communicator high = world.split("high", world.rank() > 0 ? 0 : 1);
            if (world.rank() == 2) {
                failed.await();
                comeLate(high);
            }
            try {
                (world.rank() == 0 ? low : high).run(new Collective.Barrier(), queue);
            } finally {
                failed.countDown();
            }
            return null;
        });
        String cause = outcomes.get(0).failure().getMessage();
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.failure()).hasMessage(cause));
        assertThat(cause)
                .containsAnyOf("waits for it, which waits for world rank 2", "group high: rank 1 (world rank 2");
    }

    @Test
    void aPeerThatStillMakesStepsIsWaitedFor() {
        RankThreads.outcomes(placement, 3, Duration.ofMillis(1_200), world -> {
                    Communicator pair = world.split("pair", world.rank() / 2);
                    if (world.rank() < 2) {
                        for (int round = 0; round < 20; round++) {
                            Thread.sleep(100);
                            pair.run(new Collective.Barrier(), queue);
                        }
                    }
                    world.run(new Collective.Barrier(), queue);
                    return null;
                })
                .forEach(outcome -> assertThat(outcome.failure()).isNull());
    }

    @Test
    void aPeerThatWorksWithoutCollectivesIsWaitedFor() {
        RankThreads.outcomes(placement, 2, Duration.ofMillis(1_200), world -> {
                    if (world.rank() == 1) {
                        for (int block = 0; block < 20; block++) {
                            Thread.sleep(100);
                            world.progress();
                        }
                    }
                    world.run(new Collective.Barrier(), queue);
                    world.close();
                    world.progress();
                    return null;
                })
                .forEach(outcome -> assertThat(outcome.failure()).isNull());
    }

    @Test
    void whoeverWaitsForAPeerThatWorksIsWaitedFor() {
        RankThreads.outcomes(placement, 3, Duration.ofMillis(1_200), world -> {
                    Communicator low = world.split("low", world.rank() < 2 ? 0 : 1);
                    Communicator high = world.split("high", world.rank() > 0 ? 0 : 1);
                    if (world.rank() == 2) {
                        for (int block = 0; block < 25; block++) {
                            Thread.sleep(100);
                            world.progress();
                        }
                    }
                    if (world.rank() > 0) {
                        high.run(new Collective.Barrier(), queue);
                    }
                    if (world.rank() < 2) {
                        low.run(new Collective.Barrier(), queue);
                    }
                    return null;
                })
                .forEach(outcome -> assertThat(outcome.failure()).isNull());
    }

    @Test
    void aPeerThatLeavesAGroup() {
        CountDownLatch failed = new CountDownLatch(2);
        RankThreads.failWith(
                placement,
                3,
                NO_LIMIT,
                "group all: rank 1 \\(world rank 1, process .*\\) left while rank [02] .*",
                world -> {
                    Communicator all = world.split("all", 0);
                    all.run(new Collective.Barrier(), queue);
                    if (world.rank() == 1) {
                        all.close();
                        failed.await();
                        comeLate(world);
                    }
                    try {
                        all.run(sum(100_000), queue);
                    } finally {
                        failed.countDown();
                    }
                    return null;
                });
    }

    @Test
    void aPeerThatLeavesEarly() {
        List<RankThreads.Outcome<Void>> outcomes = RankThreads.outcomes(placement, 3, NO_LIMIT, world -> {
            if (world.rank() != 2) {
                world.run(sum(100_000), queue);
            }
            return null;
        });
        assertThat(outcomes.get(2).failure()).isNull();
        for (int rank = 0; rank < 2; rank++) {
            assertThat(outcomes.get(rank).failure())
                    .isInstanceOf(CommunicatorException.class)
                    .hasMessageContaining("rank 2 (world rank 2, process ")
                    .hasMessageContaining("left while rank");
        }
    }

    @Test
    void anAbortFailsPendingAndLaterCollectivesOfAllGroups() {
        CyclicBarrier allHaveSplit = new CyclicBarrier(4);
        RankThreads.run(placement, 4, world -> {
            Communicator tensor = world.split("tensor", world.rank() / 2);
            Communicator data = world.split("data", world.rank() % 2);
            allHaveSplit.await();
            String cause = "group data: rank 1 aborted: the loss is NaN";
            if (world.rank() == 3) {
                Thread other = new Thread(() -> data.abort("the loss is NaN"));
                other.start();
                other.join();
                world.abort("a later cause");
            }
            Communicator pending = List.of(tensor, data, world, world).get(world.rank());
            for (Communicator group : List.of(pending, tensor, data, world)) {
                assertThatThrownBy(() -> group.run(sum(7), queue))
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessage(cause);
                assertThatThrownBy(() -> group.split("more", 0)).hasMessage(cause);
            }
            return null;
        });
    }

    @Test
    void leavingFromAnotherThreadEndsAPendingCollective() {
        CountDownLatch left = new CountDownLatch(1);
        List<RankThreads.Outcome<Void>> outcomes = RankThreads.outcomes(placement, 2, NO_LIMIT, world -> {
            if (world.rank() == 1) {
                left.await();
                world.run(new Collective.Barrier(), queue);
            }
            Thread leaver = new Thread(() -> {
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
                world.close();
                left.countDown();
            });
            leaver.start();
            try {
                world.run(new Collective.Barrier(), queue);
            } finally {
                leaver.join();
                world.abort("nobody hears who has left");
            }
            return null;
        });
        outcomes.forEach(outcome -> assertThat(outcome.failure()).hasMessage("group world: rank 0 has left"));
    }

    @Test
    void anInterruptedRankFailsAll() {
        List<RankThreads.Outcome<Void>> outcomes = RankThreads.outcomes(placement, 2, NO_LIMIT, world -> {
            if (world.rank() == 1) {
                Thread.currentThread().interrupt();
            }
            world.run(new Collective.Barrier(), queue);
            return null;
        });
        outcomes.forEach(outcome -> assertThat(outcome.failure()).hasMessage("group world: rank 1 was interrupted"));
    }

    @Test
    void aGroupThatWasLeftTakesNoMore() {
        RankThreads.run(placement, 1, world -> {
            Communicator group = world.split("tensor", 0);
            group.close();
            assertThatThrownBy(() -> group.run(new Collective.Barrier(), queue))
                    .hasMessage("group tensor: rank 0 has left");
            return null;
        });
    }
}
