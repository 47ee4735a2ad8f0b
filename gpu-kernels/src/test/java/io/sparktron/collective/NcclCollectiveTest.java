package io.sparktron.collective;

import static io.sparktron.collective.NcclRanks.empty;
import static io.sparktron.collective.NcclRanks.read;
import static io.sparktron.collective.NcclRanks.tensor;
import static io.sparktron.collective.Operands.reduced;
import static io.sparktron.collective.Operands.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.cuda.CudaQueue;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.LibC;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Numbers: every collective of GPUs against loops over arrays. Sums are added in NCCL's order, so they are held to the bound of any order: (ranks - 1) u sum |x|
 * with unit roundoff u of the type, since 16-bit sums are rounded at each rank.
 */
@Tag("doubles")
@Timeout(60)
class NcclCollectiveTest {
    private static final String VERSION = "SPARKTRON_PRETENDED_NCCL_VERSION";

    /** Empty, one element, odd, more than one block of one order, several pieces. */
    private static final int[] LENGTHS = {0, 1, 13, 513, 70_021};

    private static float[] rankValues(DType type, int rank, int length) {
        float[] values = values(rank, length);
        for (int i = 0; i < length; i++) {
            // No sum of FLOAT16 overflows.
            values[i] = Operands.rounded(type, type == DType.FLOAT16 ? values[i] % 1000 : values[i]);
        }
        return values;
    }

    private static void requireReduced(float[] actual, DType type, Reduction reduction, int ranks, int first, int all) {
        double roundoff = Math.pow(2, type == DType.FLOAT32 ? -24 : type == DType.FLOAT16 ? -11 : -8);
        // Below its smallest normal number, FLOAT16 rounds to multiples of 2^-24.
        double least = type == DType.FLOAT16 ? Math.pow(2, -25) : 0;
        float[][] x = new float[ranks][];
        for (int rank = 0; rank < ranks; rank++) {
            x[rank] = rankValues(type, rank, all);
        }
        for (int i = 0; i < actual.length; i++) {
            double sum = 0;
            double magnitude = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (float[] values : x) {
                sum += values[first + i];
                magnitude += Math.abs(values[first + i]);
                most = Math.max(most, values[first + i]);
            }
            if (reduction == Reduction.MAX) {
                assertThat(actual[i]).isEqualTo((float) most);
            } else {
                // Each of ranks - 1 roundings is at most u (1 + u)^(ranks - 2) of what was added up by then.
                double bound = (ranks - 1) * (roundoff * magnitude * Math.pow(1 + roundoff, ranks) + least);
                assertThat(Math.abs(actual[i] - sum)).isLessThanOrEqualTo(bound);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void allReduce(int ranks) {
        NcclRanks.run(ranks, (gpus, queue, hosts) -> {
            for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
                for (Reduction reduction : Reduction.values()) {
                    for (int length : LENGTHS) {
                        Tensor x = tensor(gpus.allocator(), queue, type, rankValues(type, gpus.rank(), length));
                        gpus.run(new Collective.AllReduce(reduction, x), queue);
                        requireReduced(read(queue, x), type, reduction, ranks, 0, length);
                        x.memory().close();
                    }
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void reduceScatterThenAllGatherInAndOutOfPlace(int ranks) {
        NcclRanks.run(ranks, (gpus, queue, hosts) -> {
            Allocator allocator = gpus.allocator();
            for (int part : LENGTHS) {
                int length = part * ranks;
                int first = part * gpus.rank();
                float[] mine = rankValues(DType.FLOAT32, gpus.rank(), length);
                Tensor whole = tensor(allocator, queue, DType.FLOAT32, mine);
                Tensor output = empty(allocator, DType.FLOAT32, part);
                gpus.run(new Collective.ReduceScatter(Reduction.SUM, whole, output), queue);
                requireReduced(read(queue, output), DType.FLOAT32, Reduction.SUM, ranks, first, length);
                Tensor gathered = empty(allocator, DType.FLOAT32, length);
                gpus.run(new Collective.AllGather(output, gathered), queue);
                float[] sums = read(queue, gathered);
                requireReduced(sums, DType.FLOAT32, Reduction.SUM, ranks, 0, length);
                Tensor own = whole.rows(first, part);
                gpus.run(new Collective.ReduceScatter(Reduction.SUM, whole, own), queue);
                gpus.run(new Collective.AllGather(own, whole), queue);
                assertThat(read(queue, whole)).isEqualTo(sums);
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void broadcastCopiesTheRoot(int ranks) {
        NcclRanks.run(ranks, (gpus, queue, hosts) -> {
            for (int root = 0; root < ranks; root++) {
                for (int length : LENGTHS) {
                    Tensor x = tensor(gpus.allocator(), queue, DType.FLOAT32, values(gpus.rank(), length));
                    gpus.run(new Collective.Broadcast(root, x), queue);
                    assertThat(read(queue, x)).isEqualTo(values(root, length));
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyTypeReduces(DType type) {
        int ranks = 3;
        int length = 61; // integers that a 16-bit number holds
        NcclRanks.run(ranks, (gpus, queue, hosts) -> {
            for (Reduction reduction : Reduction.values()) {
                float[] mine = new float[length];
                float[] expected = new float[length];
                for (int i = 0; i < length; i++) {
                    mine[i] = (i + 1) * (gpus.rank() == i % ranks ? 3 : -1);
                    expected[i] = (i + 1) * (reduction == Reduction.SUM ? 1 : 3);
                }
                Tensor x = tensor(gpus.allocator(), queue, type, mine);
                gpus.run(new Collective.AllReduce(reduction, x), queue);
                assertThat(read(queue, x)).isEqualTo(expected);
            }
            return null;
        });
    }

    @Test
    void barrierEndsOnlyAfterAllHaveStarted() {
        int[] started = new int[1];
        NcclRanks.run(3, (gpus, queue, hosts) -> {
            for (int round = 1; round <= 10; round++) {
                synchronized (started) {
                    started[0]++;
                }
                gpus.start(new Collective.Barrier(), queue).awaitHost();
                synchronized (started) {
                    assertThat(started[0]).isGreaterThanOrEqualTo(3 * round);
                }
            }
            return null;
        });
    }

    @Test
    void hundredsOfSmallOnesBackToBackNeedNoWaitingOnTheHost() {
        NcclRanks.run(3, (gpus, queue, hosts) -> {
            Tensor x = tensor(gpus.allocator(), queue, DType.INT32, 1, gpus.rank());
            for (int round = 0; round < 15; round++) {
                gpus.run(new Collective.AllReduce(Reduction.SUM, x), queue);
            }
            assertThat(read(queue, x)).containsExactly(14_348_907, 14_348_907);
            for (int round = 0; round < 300; round++) {
                gpus.run(new Collective.AllReduce(Reduction.MAX, x), queue);
            }
            assertThat(read(queue, x)).containsExactly(14_348_907, 14_348_907);
            return null;
        });
    }

    /** With the two newest versions of what orders a rank's communicators: NCCL itself, and our events. */
    @ParameterizedTest
    @ValueSource(strings = {"22703", "22304"})
    void groupsOfAGridInOneProgramOrder(String version) {
        LibC.setenv(VERSION, version, 1);
        try {
            NcclRanks.run(4, (gpus, queue, hosts) -> {
                Communicator tensor = gpus.split("tensor", gpus.rank() / 2);
                Communicator data = gpus.split("data", gpus.rank() % 2);
                assertThat(tensor.size()).isEqualTo(2);
                assertThat(data.rank()).isEqualTo(gpus.rank() / 2);
                Tensor x = tensor(gpus.allocator(), queue, DType.FLOAT32, values(tensor.rank(), 5_003));
                Tensor y = tensor(gpus.allocator(), queue, DType.FLOAT32, values(data.rank(), 20_011));
                for (int round = 0; round < 5; round++) {
                    Completion wide = data.start(new Collective.AllReduce(Reduction.MAX, y), queue);
                    tensor.run(new Collective.AllReduce(Reduction.MAX, x), queue);
                    gpus.run(new Collective.Barrier(), queue);
                    wide.before(queue);
                }
                assertThat(read(queue, x)).isEqualTo(reduced(Reduction.MAX, 2, 5_003));
                assertThat(read(queue, y)).isEqualTo(reduced(Reduction.MAX, 2, 20_011));
                Communicator alone = tensor.split("alone", tensor.rank());
                alone.run(new Collective.AllReduce(Reduction.SUM, x), queue);
                assertThat(read(queue, x)).isEqualTo(reduced(Reduction.MAX, 2, 5_003));
                data.close();
                return null;
            });
        } finally {
            LibC.setenv(VERSION, "22703", 1);
        }
    }

    @Test
    void twoRunsHaveTheSameBits() {
        float[][] sums = new float[2][];
        for (int run = 0; run < 2; run++) {
            sums[run] = NcclRanks.run(3, (gpus, queue, hosts) -> {
                        Tensor x = tensor(gpus.allocator(), queue, DType.FLOAT32, values(gpus.rank(), 50_021));
                        gpus.run(new Collective.AllReduce(Reduction.SUM, x), queue);
                        return read(queue, x);
                    })
                    .get(1);
        }
        assertThat(sums[0]).isEqualTo(sums[1]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void queuesOfTheHostAreRefused(int ranks) {
        NcclRanks.run(ranks, (gpus, queue, hosts) -> {
            try (HostDevice device = new HostDevice(1)) {
                Tensor x = empty(gpus.allocator(), DType.FLOAT32, 10);
                Queue hostQueue = device.newQueue("host");
                if (gpus.rank() == 0) {
                    assertThatThrownBy(() -> gpus.start(new Collective.AllReduce(Reduction.SUM, x), hostQueue))
                            .hasMessage("queue host is a HostQueue; collectives of GPUs take a CudaQueue");
                } else {
                    assertThatThrownBy(() -> gpus.start(new Collective.AllReduce(Reduction.SUM, x), queue)
                                    .awaitHost())
                            .hasMessageContaining("queue host is a HostQueue");
                }
                return null;
            }
        });
    }

    /** Streams of the doubles start late: what is not ordered is seen. */
    @Test
    void whatOneRankCopiesIsBeforeWhoeverFollows() {
        NcclRanks.run(1, (gpus, queue, hosts) -> {
            CudaQueue others = (CudaQueue) ((CudaQueue) queue).device().newQueue("others");
            for (int round = 0; round < 5; round++) {
                Tensor input = tensor(gpus.allocator(), queue, DType.FLOAT32, values(round, 1_001));
                Tensor output = empty(gpus.allocator(), DType.FLOAT32, 1_001);
                gpus.start(new Collective.AllGather(input, output), queue).before(others);
                assertThat(read(others, output)).isEqualTo(values(round, 1_001));
                Tensor sums = tensor(gpus.allocator(), queue, DType.FLOAT32, new float[1_001]);
                Completion scattered = gpus.start(new Collective.ReduceScatter(Reduction.SUM, output, sums), queue);
                scattered.awaitHost();
                assertThat(read(others, sums)).isEqualTo(values(round, 1_001));
            }
            return null;
        });
    }

    @Test
    void operandsAreChecked() {
        NcclRanks.run(1, (gpus, queue, hosts) -> {
            Tensor three = empty(gpus.allocator(), DType.FLOAT32, 3);
            Tensor four = empty(gpus.allocator(), DType.FLOAT32, 4);
            assertThatThrownBy(() -> gpus.run(new Collective.AllGather(three, four), queue))
                    .hasMessage("output has 4 elements, must have 1 times the 3 of input");
            return null;
        });
        NcclRanks.run(1, (gpus, queue, hosts) -> {
            Tensor host = new Tensor(HostMemory.allocate("x", 12), 0, DType.FLOAT32, Shape.of(3));
            assertThatThrownBy(() -> gpus.run(new Collective.AllReduce(Reduction.SUM, host), queue))
                    .hasMessageContaining("is not on GPU 0");
            return null;
        });
    }

    @Test
    void repeatingBitsNeedOneAlgorithm() {
        NcclRanks.run(2, (gpus, queue, hosts) -> null);
        assertThat(LibC.getenv("NCCL_ALGO")).isEqualTo("Ring");
        LibC.setenv("NCCL_ALGO", "Tree", 1);
        try {
            List<RankThreads.Outcome<Void>> outcomes =
                    NcclRanks.outcomes(2, NcclRanks.SETTINGS, (gpus, queue, hosts) -> null);
            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(outcome.failure())
                            .hasMessageContaining("NCCL_ALGO is Tree in the environment")
                            .hasMessageContaining("unset it"));
        } finally {
            LibC.setenv("NCCL_ALGO", "Ring", 1);
        }
        assertThat(Arrays.asList(LibC.getenv("NCCL_PROTO"))).containsExactly("Simple");
    }
}
