package io.sparktron.jnccl;

import static io.sparktron.jnccl.ncclDataType.ncclFloat32;
import static io.sparktron.jnccl.ncclRedOp.ncclMax;
import static io.sparktron.jnccl.ncclRedOp.ncclSum;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.cuda.CudaQueue;
import io.sparktron.tensor.Tensor;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong between ranks, planted: the double reports it, and the binding passes it on. */
@Tag("doubles")
@Timeout(60)
class JncclFailureTest {
    private static int state(ncclComm comm) {
        int[] state = new int[1];
        assertThat(JNCCL.ncclCommGetAsyncError(comm, state)).isZero();
        return state[0];
    }

    @Test
    void differentCountsAreInvalidUsage() {
        JncclRanks.run(2, rank -> {
            ncclComm comm = rank.open();
            Tensor x = rank.tensor(new float[8]);
            JNCCL.ncclAllReduce(x.address(), x.address(), 7 + rank.rank(), ncclFloat32, ncclSum, comm, rank.stream());
            rank.queue().awaitHost();
            assertThat(state(comm)).isEqualTo(ncclResult.ncclInvalidUsage);
            assertThat(JNCCL.ncclGetLastError(null))
                    .contains("ranks ask for different collectives")
                    .contains("rank 0 asks for AllReduce Sum of Float32 x 7")
                    .contains("rank 1 asks for AllReduce Sum of Float32 x 8");
            assertThat(JNCCL.ncclAllReduce(x.address(), x.address(), 7, ncclFloat32, ncclSum, comm, rank.stream()))
                    .isEqualTo(ncclResult.ncclInvalidUsage);
            JNCCL.ncclCommAbort(comm);
        });
    }

    @Test
    void differentReductionsTypesRootsAndCollectivesAreInvalidUsage() {
        JncclRanks.run(2, rank -> {
            for (int round = 0; round < 4; round++) {
                ncclComm comm = new ncclComm();
                ncclUniqueId id = ids[round];
                assertThat(JNCCL.ncclCommInitRank(comm, 2, id, rank.rank())).isZero();
                long x = rank.tensor(new float[4]).address();
                boolean first = rank.rank() == 0;
                switch (round) {
                    case 0 -> JNCCL.ncclAllReduce(x, x, 4, ncclFloat32, first ? ncclSum : ncclMax, comm, rank.stream());
                    case 1 ->
                        JNCCL.ncclAllReduce(
                                x, x, 4, first ? ncclFloat32 : ncclDataType.ncclInt32, ncclSum, comm, rank.stream());
                    case 2 -> JNCCL.ncclBroadcast(x, x, 4, ncclFloat32, rank.rank(), comm, rank.stream());
                    default -> {
                        if (first) {
                            JNCCL.ncclAllGather(x, x, 2, ncclFloat32, comm, rank.stream());
                        } else {
                            JNCCL.ncclReduceScatter(x, x, 2, ncclFloat32, ncclSum, comm, rank.stream());
                        }
                    }
                }
                rank.queue().awaitHost();
                assertThat(state(comm)).isEqualTo(ncclResult.ncclInvalidUsage);
                JNCCL.ncclCommAbort(comm);
            }
        });
    }

    private final ncclUniqueId[] ids = {JncclRanks.newId(), JncclRanks.newId(), JncclRanks.newId(), JncclRanks.newId()};

    @Test
    void anotherOrderOfTwoCommunicatorsIsFound() {
        JncclRanks.run(2, rank -> {
            ncclComm one = rank.open();
            ncclComm other = new ncclComm();
            assertThat(JNCCL.ncclCommInitRank(other, 2, ids[0], rank.rank())).isZero();
            long x = rank.tensor(new float[4]).address();
            ncclComm first = rank.rank() == 0 ? one : other;
            ncclComm second = rank.rank() == 0 ? other : one;
            long stream = rank.stream();
            long another = CudaQueue.of(rank.device().newQueue("another")).handle();
            JNCCL.ncclAllReduce(x, x, 4, ncclFloat32, ncclSum, first, first == one ? stream : another);
            JNCCL.ncclAllReduce(x, x, 4, ncclFloat32, ncclSum, second, second == one ? stream : another);
            rank.queue().awaitHost();
            assertThat(state(one)).isEqualTo(ncclResult.ncclInvalidUsage);
            JNCCL.ncclCommAbort(one);
            JNCCL.ncclCommAbort(other);
        });
    }

    @Test
    void aRankThatLeavesIsARemoteError() {
        JncclRanks.run(2, rank -> {
            ncclComm comm = rank.open();
            long x = rank.tensor(new float[4]).address();
            if (rank.rank() == 1) {
                assertThat(JNCCL.ncclCommDestroy(comm)).isZero();
                return;
            }
            JNCCL.ncclAllReduce(x, x, 4, ncclFloat32, ncclSum, comm, rank.stream());
            rank.queue().awaitHost();
            assertThat(state(comm)).isEqualTo(ncclResult.ncclRemoteError);
            assertThat(JNCCL.ncclGetLastError(null))
                    .contains("rank 1 has left its communicator; rank 0 waits for it in AllReduce Sum of Float32 x 4");
            JNCCL.ncclCommAbort(comm);
        });
    }

    @Test
    void anAbortFromAnotherThreadFreesABlockedStream() {
        CyclicBarrier aborted = new CyclicBarrier(2);
        JncclRanks.run(2, rank -> {
            ncclComm comm = rank.open();
            if (rank.rank() == 0) {
                long x = rank.tensor(new float[4]).address();
                JNCCL.ncclAllReduce(x, x, 4, ncclFloat32, ncclSum, comm, rank.stream());
                Thread other = new Thread(() -> JNCCL.ncclCommAbort(comm));
                other.start();
                rank.queue().awaitHost();
                other.join();
            }
            aborted.await();
            if (rank.rank() == 1) {
                JNCCL.ncclCommAbort(comm);
            }
        });
    }

    @Test
    void aStartThatDoesNotBlockCanBeAborted() {
        JncclRanks.run(1, rank -> {
            ncclConfig config = new ncclConfig();
            config.blocking = 0;
            ncclComm comm = new ncclComm();
            assertThat(JNCCL.ncclCommInitRankConfig(comm, 2, rank.id(), 0, config))
                    .isEqualTo(ncclResult.ncclInProgress);
            assertThat(state(comm)).isEqualTo(ncclResult.ncclInProgress);
            assertThat(JNCCL.ncclCommAbort(comm)).isZero();
        });
    }

    @Test
    void twoRanksOnOneGpuAreRefused() {
        ncclUniqueId id = JncclRanks.newId();
        JncclRanks.run(2, rank -> {
            try (CudaDevice same = CudaDevice.open(0)) {
                same.makeCurrent();
                assertThat(JNCCL.ncclCommInitRank(new ncclComm(), 2, id, rank.rank()))
                        .isEqualTo(ncclResult.ncclInvalidUsage);
            }
        });
    }
}
