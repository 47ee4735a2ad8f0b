package io.sparktron.jnccl;

import static io.sparktron.jnccl.ncclDataType.ncclFloat32;
import static io.sparktron.jnccl.ncclRedOp.ncclAvg;
import static io.sparktron.jnccl.ncclRedOp.ncclMax;
import static io.sparktron.jnccl.ncclRedOp.ncclMin;
import static io.sparktron.jnccl.ncclRedOp.ncclProd;
import static io.sparktron.jnccl.ncclRedOp.ncclSum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Pointer;
import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.cuda.CudaQueue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import jcuda.driver.CUdeviceptr;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every function of the binding, on pretended GPUs. */
@Tag("doubles")
@Timeout(60)
class JncclTest {
    private static float[] floats(int rank) {
        return new float[] {rank + 1, -rank, 0.5f * rank, 7, rank * rank};
    }

    @Test
    void versionsNamesAndIds() {
        int[] version = new int[1];
        assertThat(JNCCL.ncclGetVersion(version)).isZero();
        assertThat(version[0]).isGreaterThanOrEqualTo(JNCCL.NCCL_VERSION(2, 19, 0));
        assertThat(JNCCL.versionString(22304)).isEqualTo("2.23.4");
        assertThat(JNCCL.versionString(JNCCL.NCCL_VERSION(2, 7, 8))).isEqualTo("2.7.8");
        assertThat(JNCCL.ncclGetErrorString(ncclResult.ncclInvalidUsage)).startsWith("invalid usage");
        assertThat(ncclResult.stringFor(6)).isEqualTo("ncclRemoteError");
        ncclUniqueId id = JncclRanks.newId();
        assertThat(ncclUniqueId.fromString(id.toString())).isEqualTo(id);
        assertThat(new ncclUniqueId(id.bytes())).isEqualTo(id);
        assertThat(JncclRanks.newId()).isNotEqualTo(id);
        assertThatThrownBy(() -> new ncclUniqueId(new byte[3])).hasMessage("a unique id of 3 bytes, must be 128");
    }

    @Test
    void everyReductionInPlaceAndOutOfPlace() {
        JncclRanks.run(3, rank -> {
            ncclComm comm = rank.open();
            Map<Integer, float[]> expected = Map.of(
                    ncclSum, new float[] {6, -3, 1.5f, 21, 5},
                    ncclProd, new float[] {6, 0, 0, 343, 0},
                    ncclMax, new float[] {3, 0, 1, 7, 4},
                    ncclMin, new float[] {1, -2, 0, 7, 0},
                    ncclAvg, new float[] {2, -1, 0.5f, 7, 5f / 3});
            expected.forEach((op, result) -> {
                Tensor x = rank.tensor(floats(rank.rank()));
                Tensor y = rank.tensor(new float[5]);
                assertThat(JNCCL.ncclAllReduce(x.address(), y.address(), 5, ncclFloat32, op, comm, rank.stream()))
                        .isZero();
                assertThat(JNCCL.ncclAllReduce(x.address(), x.address(), 5, ncclFloat32, op, comm, rank.stream()))
                        .isZero();
                assertThat(rank.read(y)).isEqualTo(result);
                assertThat(rank.read(x)).isEqualTo(result);
            });
            Tensor x = rank.tensor(floats(rank.rank()));
            Tensor y = rank.tensor(1, 1, 1, 1, 1);
            JNCCL.ncclReduce(x.address(), y.address(), 5, ncclFloat32, ncclSum, 2, comm, rank.stream());
            assertThat(rank.read(y)).isEqualTo(rank.rank() == 2 ? expected.get(ncclSum) : new float[] {1, 1, 1, 1, 1});
            assertThat(JNCCL.ncclCommDestroy(comm)).isZero();
        });
    }

    @Test
    void gatheringScatteringAndBroadcastingWithObjectsOfJCuda() {
        JncclRanks.run(3, rank -> {
            ncclComm comm = rank.open();
            cudaStream_t stream = new cudaStream_t(CudaQueue.of(rank.queue()).stream());
            Tensor x = rank.tensor(rank.rank(), 10 + rank.rank());
            Tensor all = rank.tensor(new float[6]);
            assertThat(JNCCL.ncclAllGather(pointer(x), pointer(all), 2, ncclFloat32, comm, stream))
                    .isZero();
            assertThat(rank.read(all)).containsExactly(0, 10, 1, 11, 2, 12);
            assertThat(JNCCL.ncclReduceScatter(pointer(all), pointer(x), 2, ncclFloat32, ncclSum, comm, stream))
                    .isZero();
            assertThat(rank.read(x)).containsExactly(3 * rank.rank(), 3 * (10 + rank.rank()));
            assertThat(JNCCL.ncclBroadcast(pointer(x), pointer(x), 2, ncclFloat32, 1, comm, stream))
                    .isZero();
            assertThat(rank.read(x)).containsExactly(3, 33);
            // The second element alone, by a pointer with an offset.
            rank.queue().write(bytes(rank.rank()), x.rows(1, 1));
            assertThat(JNCCL.ncclBcast(pointer(x).withByteOffset(4), 1, ncclFloat32, 2, comm, stream))
                    .isZero();
            assertThat(rank.read(x)).containsExactly(3, 2);
            JNCCL.ncclCommDestroy(comm);
        });
    }

    private static ByteBuffer bytes(float value) {
        return ByteBuffer.allocateDirect(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value);
    }

    private static CUdeviceptr pointer(Tensor tensor) {
        return new CUdeviceptr().withByteOffset(tensor.address());
    }

    @Test
    void aGroupOfSendsAndReceivesGoesRound() {
        int length = 20_001; // several letters
        JncclRanks.run(3, rank -> {
            ncclComm comm = rank.open();
            float[] mine = new float[length];
            Arrays.fill(mine, rank.rank());
            Tensor x = rank.tensor(mine);
            Tensor y = rank.tensor(new float[length]);
            int next = (rank.rank() + 1) % 3;
            int before = (rank.rank() + 2) % 3;
            assertThat(JNCCL.ncclGroupStart()).isZero();
            assertThat(JNCCL.ncclSend(x.address(), length, ncclFloat32, next, comm, rank.stream()))
                    .isZero();
            assertThat(JNCCL.ncclRecv(y.address(), length, ncclFloat32, before, comm, rank.stream()))
                    .isZero();
            assertThat(JNCCL.ncclGroupEnd()).isZero();
            assertThat(rank.read(y)).containsOnly(before);
            JNCCL.ncclCommDestroy(comm);
        });
    }

    @Test
    void communicatorsKnowWhoTheyAreAndDivide() {
        JncclRanks.run(4, rank -> {
            ncclComm comm = rank.open();
            ncclComm half = new ncclComm();
            // Keys turn the order round.
            assertThat(JNCCL.ncclCommSplit(comm, rank.rank() % 2, -rank.rank(), half, null))
                    .isZero();
            int[] value = new int[1];
            JNCCL.ncclCommCount(half, value);
            assertThat(value[0]).isEqualTo(2);
            JNCCL.ncclCommUserRank(half, value);
            assertThat(value[0]).isEqualTo(rank.rank() < 2 ? 1 : 0);
            JNCCL.ncclCommCuDevice(half, value);
            assertThat(value[0]).isEqualTo(rank.rank());
            Tensor x = rank.tensor(rank.rank());
            JNCCL.ncclAllReduce(x.address(), x.address(), 1, ncclFloat32, ncclSum, half, rank.stream());
            assertThat(rank.read(x)).containsExactly(rank.rank() % 2 == 0 ? 2 : 4);
            ncclComm alone = new ncclComm();
            int color = rank.rank() == 0 ? 5 : JNCCL.NCCL_SPLIT_NOCOLOR;
            assertThat(JNCCL.ncclCommSplit(comm, color, 0, alone, null)).isZero();
            assertThat(alone.handle() != 0).isEqualTo(rank.rank() == 0);
            assertThat(JNCCL.ncclCommFinalize(half)).isZero();
            assertThat(JNCCL.ncclCommDestroy(half)).isZero();
            JNCCL.ncclCommDestroy(alone);
            JNCCL.ncclCommDestroy(comm);
        });
    }

    @Test
    void aCommunicatorThatDoesNotBlockSaysWhenItIsReady() {
        JncclRanks.run(2, rank -> {
            ncclConfig config = new ncclConfig();
            config.blocking = 0;
            config.netName = "Socket";
            ncclComm comm = new ncclComm();
            assertThat(JNCCL.ncclCommInitRankConfig(comm, 2, rank.id(), rank.rank(), config))
                    .isEqualTo(ncclResult.ncclInProgress);
            settle(comm);
            Tensor x = rank.tensor(rank.rank());
            int result = JNCCL.ncclAllReduce(x.address(), x.address(), 1, ncclFloat32, ncclSum, comm, rank.stream());
            assertThat(result).isEqualTo(ncclResult.ncclInProgress);
            settle(comm);
            assertThat(rank.read(x)).containsExactly(1);
            JNCCL.ncclCommDestroy(comm);
        });
    }

    /** Also what later versions have where NCCL 2.18 has padding. */
    @Test
    void whatAConfigLeavesOpenNcclDecides() {
        Pointer config = ncclConfig.toNative(new ncclConfig());
        for (int offset : new int[] {16, 20, 24, 28, 40, 44}) {
            assertThat(config.getInt(offset)).as("at %d", offset).isEqualTo(ncclConfig.NCCL_CONFIG_UNDEF_INT);
        }
        assertThat(config.getPointer(32)).isNull();
    }

    private static void settle(ncclComm comm) throws InterruptedException {
        int[] state = {ncclResult.ncclInProgress};
        while (state[0] == ncclResult.ncclInProgress) {
            Thread.sleep(1);
            assertThat(JNCCL.ncclCommGetAsyncError(comm, state)).isZero();
        }
        assertThat(state[0]).isZero();
    }

    @Test
    void oneThreadMakesAllRanks() {
        try (CudaDevice zero = CudaDevice.open(0);
                CudaDevice one = CudaDevice.open(1)) {
            ncclComm[] comms = new ncclComm[2];
            zero.makeCurrent();
            assertThat(JNCCL.ncclCommInitAll(comms, new int[] {1, 0})).isZero();
            int[] device = new int[1];
            JNCCL.ncclCommCuDevice(comms[0], device);
            assertThat(device[0]).isEqualTo(1);
            JNCCL.ncclCommAbort(comms[0]);
            JNCCL.ncclCommAbort(comms[1]);
            assertThat(JNCCL.ncclCommInitAll(comms, new int[] {1, 1})).isEqualTo(ncclResult.ncclInvalidUsage);
            assertThat(JNCCL.ncclGetLastError(null)).contains("Duplicate GPU detected : rank 0 and rank 1");
            assertThat(one.ordinal()).isEqualTo(1);
        }
    }

    @Test
    void memoryCanBeAllocatedAndRegistered() {
        JncclRanks.run(1, rank -> {
            ncclComm comm = rank.open();
            long[] memory = new long[1];
            long[] handle = new long[1];
            assertThat(JNCCL.ncclMemAlloc(memory, 1000)).isZero();
            assertThat(JNCCL.ncclCommRegister(comm, memory[0], 1000, handle)).isZero();
            assertThat(JNCCL.ncclCommDeregister(comm, handle[0])).isZero();
            assertThat(JNCCL.ncclMemFree(memory[0])).isZero();
            JNCCL.ncclCommDestroy(comm);
            assertThat(JNCCL.ncclCommDestroy(comm)).isEqualTo(ncclResult.ncclInvalidArgument);
        });
    }

    @Test
    void exceptionsSayWhatNcclSays() {
        JNCCL.setExceptionsEnabled(true);
        try {
            assertThatThrownBy(() -> JNCCL.ncclAllReduce(0L, 0L, 1, ncclFloat32, ncclSum, null, 0L))
                    .isInstanceOfSatisfying(
                            NcclException.class, e -> assertThat(e.result()).isEqualTo(ncclResult.ncclInvalidArgument))
                    .hasMessage("ncclAllReduce failed with ncclInvalidArgument (4): AllReduce : comm argument is NULL");
            assertThatThrownBy(JNCCL::ncclGroupEnd).hasMessageContaining("ncclInvalidUsage (5)");
        } finally {
            JNCCL.setExceptionsEnabled(false);
        }
        assertThat(JNCCL.ncclGroupEnd()).isEqualTo(ncclResult.ncclInvalidUsage);
    }
}
