package io.sparktron.collective;

import static io.sparktron.collective.NcclRanks.empty;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.nccl.NcclCommunicator;
import io.sparktron.collective.nccl.NcclSettings;
import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What breaks between GPUs: always an error on all ranks, with the group, the rank and the collective. */
@Tag("doubles")
@Timeout(60)
class NcclFailureTest {
    private static Collective sum(Communicator gpus, long elements) {
        return new Collective.AllReduce(Reduction.SUM, empty(gpus.allocator(), DType.FLOAT32, elements));
    }

    private static void runUntilItFails(Communicator gpus, Queue queue) {
        while (true) {
            gpus.start(new Collective.Barrier(), queue).awaitHost();
        }
    }

    @Test
    void whatWasNotReducedIsNeverRead() {
        requireAllFail(
                NcclRanks.outcomes(2, NcclRanks.SETTINGS, (gpus, queue, hosts) -> {
                    var x = empty(gpus.allocator(), DType.FLOAT32, 7 + gpus.rank());
                    gpus.run(new Collective.AllReduce(Reduction.SUM, x), queue);
                    NcclRanks.read(queue, x);
                    return null;
                }),
                "all-reduce sum of FLOAT32 x ",
                " failed with ncclInvalidUsage (5)");
    }

    private static void requireAllFail(List<RankThreads.Outcome<Void>> outcomes, String... parts) {
        String cause = outcomes.get(0).failure().getMessage();
        assertThat(cause).contains(parts);
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome.failure())
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessage(cause));
    }

    @Test
    void differentCounts() {
        List<RankThreads.Outcome<Void>> outcomes = NcclRanks.outcomes(3, NcclRanks.SETTINGS, (gpus, queue, hosts) -> {
            Communicator group = gpus.split("tensor", 0);
            group.start(sum(gpus, group.rank() == 1 ? 100 : 101), queue).awaitHost();
            return null;
        });
        requireAllFail(
                outcomes,
                "group tensor: rank ",
                " aborted: all-reduce sum of FLOAT32 x 10",
                " failed with ncclInvalidUsage (5): ranks ask for different collectives",
                "rank 1 asks for AllReduce Sum of Float32 x 100");
    }

    @Test
    void whoeverDoesNotWaitOnTheHostFindsOutAtItsNextCollective() {
        requireAllFail(
                NcclRanks.outcomes(2, NcclRanks.SETTINGS, (gpus, queue, hosts) -> {
                    gpus.run(sum(gpus, 7 + gpus.rank()), queue);
                    runUntilItFails(gpus, queue);
                    return null;
                }),
                "group world: rank ",
                "ncclInvalidUsage (5)");
    }

    @Test
    void anAbortFromAnotherThreadFailsPendingAndLaterCollectivesOfAllGroups() {
        CyclicBarrier ready = new CyclicBarrier(4);
        NcclRanks.run(4, (gpus, queue, hosts) -> {
            Communicator tensor = gpus.split("tensor", gpus.rank() / 2);
            Communicator data = gpus.split("data", gpus.rank() % 2);
            ready.await();
            String cause = "group data: rank 1 aborted: the loss is NaN";
            Communicator pending = List.of(tensor, data, gpus, gpus).get(gpus.rank());
            if (gpus.rank() == 3) {
                Thread other = new Thread(() -> data.abort("the loss is NaN"));
                other.start();
                other.join();
                gpus.abort("a later cause");
            } else {
                assertThatThrownBy(() -> pending.start(sum(gpus, 7), queue).awaitHost())
                        .isInstanceOf(CommunicatorException.class)
                        .hasMessage(cause);
                assertThatThrownBy(queue::awaitHost).hasMessage(cause);
            }
            for (Communicator group : List.of(pending, tensor, data, gpus)) {
                assertThatThrownBy(() -> group.run(sum(gpus, 7), queue)).hasMessage(cause);
                assertThatThrownBy(() -> group.split("more", 0)).hasMessage(cause);
            }
            return null;
        });
    }

    @Test
    void anAbortOfTheHostReachesTheGpus() {
        requireAllFail(
                NcclRanks.outcomes(2, NcclRanks.SETTINGS, (gpus, queue, hosts) -> {
                    if (gpus.rank() == 1) {
                        hosts.abort("the job was cancelled");
                    }
                    runUntilItFails(gpus, queue);
                    return null;
                }),
                "group world: rank 1 aborted: the job was cancelled");
    }

    @Test
    void aPeerThatNeverComes() {
        CountDownLatch failed = new CountDownLatch(1);
        NcclSettings settings = new NcclSettings(true, Duration.ofSeconds(2));
        requireAllFail(
                NcclRanks.outcomes(2, settings, (gpus, queue, hosts) -> {
                    if (gpus.rank() == 1) {
                        failed.await();
                        gpus.run(new Collective.Barrier(), queue);
                    }
                    try {
                        gpus.run(new Collective.Barrier(), queue);
                        gpus.start(sum(gpus, 12), queue).awaitHost();
                    } finally {
                        failed.countDown();
                    }
                    return null;
                }),
                "group world: rank 0 aborted: waits in barrier after 0 collectives of the group,"
                        + " and no rank made progress within 2.0 s");
    }

    @Test
    void aPeerThatNeverConnects() {
        NcclSettings settings = new NcclSettings(true, Duration.ofSeconds(2));
        CountDownLatch failed = new CountDownLatch(1);
        List<RankThreads.Outcome<Void>> outcomes =
                RankThreads.outcomes(Placement.TOGETHER, 2, RankThreads.LIMIT, host -> {
                    if (host.rank() == 1) {
                        try (HostDevice hostDevice = new HostDevice(1)) {
                            // Takes the id that rank 0 sends, as if it were to connect.
                            host.run(
                                    new Collective.Broadcast(0, Operands.tensor(HostMemory::allocate, DType.INT32, 32)),
                                    hostDevice.newQueue("host"));
                        }
                        failed.await();
                        return null;
                    }
                    try {
                        return NcclRanks.onGpu(host, settings, (gpus, queue, hosts) -> null);
                    } finally {
                        failed.countDown();
                    }
                });
        assertThat(outcomes.get(0).failure())
                .isInstanceOf(CommunicatorException.class)
                .hasMessageContaining("group world: rank 0 aborted: waits in connecting with its GPUs after 0 ")
                .hasMessageContaining("no rank made progress within 2.0 s");
    }

    @Test
    void aPeerThatWorksWithoutCollectivesIsWaitedFor() {
        NcclSettings settings = new NcclSettings(true, Duration.ofSeconds(2));
        NcclRanks.outcomes(2, settings, (gpus, queue, hosts) -> {
                    if (gpus.rank() == 1) {
                        for (int block = 0; block < 25; block++) {
                            Thread.sleep(100);
                            gpus.progress();
                        }
                    }
                    gpus.start(new Collective.Barrier(), queue).awaitHost();
                    return null;
                })
                .forEach(outcome -> assertThat(outcome.failure()).isNull());
    }

    @Test
    void aPeerThatLeavesEarly() {
        List<RankThreads.Outcome<Void>> outcomes = NcclRanks.outcomes(3, NcclRanks.SETTINGS, (gpus, queue, hosts) -> {
            if (gpus.rank() != 2) {
                gpus.start(sum(gpus, 100_000), queue).awaitHost();
            }
            return null;
        });
        assertThat(outcomes.get(2).failure()).isNull();
        requireAllFail(
                outcomes.subList(0, 2),
                "all-reduce sum of FLOAT32 x 100000 failed with ncclRemoteError (6): rank 2 has left");
    }

    @Test
    void wrongOperandsOfOneRank() {
        List<RankThreads.Outcome<Void>> outcomes = NcclRanks.outcomes(2, NcclRanks.SETTINGS, (gpus, queue, hosts) -> {
            var part = empty(gpus.allocator(), DType.FLOAT32, 1);
            var whole = empty(gpus.allocator(), DType.FLOAT32, 2 + gpus.rank());
            gpus.start(new Collective.AllGather(part, whole), queue).awaitHost();
            return null;
        });
        assertThat(outcomes.get(1).failure()).isInstanceOf(IllegalArgumentException.class);
        assertThat(outcomes.get(0).failure())
                .isInstanceOf(CommunicatorException.class)
                .hasMessageContaining("rank 1 aborted: failed: ")
                .hasMessageContaining("output has 3 elements, must have 2 times the 1 of input");
    }

    @Test
    void anInterruptedRankFailsAll() {
        requireAllFail(
                NcclRanks.outcomes(2, NcclRanks.SETTINGS, (gpus, queue, hosts) -> {
                    if (gpus.rank() == 1) {
                        Thread.currentThread().interrupt();
                    }
                    gpus.start(new Collective.Barrier(), queue).awaitHost();
                    return null;
                }),
                "group world: rank 1 aborted: was interrupted");
    }

    @Test
    void aGroupThatWasLeftTakesNoMore() {
        NcclRanks.run(1, (gpus, queue, hosts) -> {
            Communicator group = gpus.split("tensor", 0);
            group.close();
            assertThatThrownBy(() -> group.run(new Collective.Barrier(), queue))
                    .hasMessage("rank 0 has left this group of GPUs");
            return null;
        });
    }

    @Test
    void twoRanksOnOneGpuAreRefused() {
        requireAllFail(
                RankThreads.outcomes(Placement.TOGETHER, 2, RankThreads.LIMIT, host -> {
                    try (CudaDevice device = CudaDevice.open(0)) {
                        NcclCommunicator.open(host, device, NcclRanks.SETTINGS).close();
                    }
                    return null;
                }),
                "group world: rank ",
                "Duplicate GPU detected : rank 0 and rank 1 both on CUDA device 0");
    }
}
