package io.sparktron.collective;

import static io.sparktron.collective.Operands.read;
import static io.sparktron.collective.Operands.tensor;
import static io.sparktron.collective.Operands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.Operands.Home;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reductions of 16-bit numbers: in float32, in rank order, rounded once; bit for bit, by every transport and from every place. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Placement.class)
class HalfCollectiveTest {
    /** Nothing, one element, an odd few, more than a mailbox and than a block of what arrives. */
    private static final int[] LENGTHS = {0, 1, 13, 513, 20_011};

    private static final List<DType> TYPES = List.of(DType.BFLOAT16, DType.FLOAT16);

    private static final int MOST_RANKS = 4;

    /** By type and rank: the longest operands, of which shorter ones are the beginning. */
    private static final Map<DType, float[][]> VALUES = new EnumMap<>(DType.class);

    static {
        for (DType type : TYPES) {
            VALUES.put(
                    type,
                    IntStream.range(0, MOST_RANKS)
                            .mapToObj(rank -> Operands.values(type, rank, MOST_RANKS * 20_011))
                            .toArray(float[][]::new));
        }
    }

    private static float[] values(DType type, int rank, int length) {
        return Arrays.copyOf(VALUES.get(type)[rank], length);
    }

    /** In rank order, in float32, rounded at the end. */
    private static float[] reduced(DType type, Reduction reduction, int ranks, int length) {
        float[][] values = VALUES.get(type);
        float[] result = new float[length];
        for (int i = 0; i < length; i++) {
            float sum = values[0][i];
            for (int rank = 1; rank < ranks; rank++) {
                sum = reduction == Reduction.SUM ? sum + values[rank][i] : Math.max(sum, values[rank][i]);
            }
            result[i] = Operands.rounded(type, sum);
        }
        return result;
    }

    @Parameter
    private Placement placement;

    private final HostDevice device = new HostDevice(1);
    private final Queue queue = device.newQueue("compute");

    @AfterEach
    void close() {
        device.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, MOST_RANKS})
    void allReduceRoundsOnce(int ranks) {
        RankThreads.run(placement, ranks, world -> {
            for (Home home : Home.values()) {
                for (DType type : TYPES) {
                    for (Reduction reduction : Reduction.values()) {
                        for (int length : LENGTHS) {
                            float[] mine = values(type, world.rank(), length);
                            Tensor x = write(tensor(home.allocator(world), type, length), mine);
                            world.run(new Collective.AllReduce(reduction, x), queue);
                            assertThat(read(x)).isEqualTo(reduced(type, reduction, ranks, length));
                        }
                    }
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, MOST_RANKS})
    void reduceScatterThenAllGatherEqualsAllReduce(int ranks) {
        RankThreads.run(placement, ranks, world -> {
            for (Home home : Home.values()) {
                for (DType type : TYPES) {
                    for (int part : LENGTHS) {
                        int length = part * ranks;
                        float[] mine = values(type, world.rank(), length);
                        float[] expected = reduced(type, Reduction.SUM, ranks, length);
                        Tensor input = write(tensor(home.allocator(world), type, length), mine);
                        Tensor output = tensor(home.allocator(world), type, part);
                        world.run(new Collective.ReduceScatter(Reduction.SUM, input, output), queue);
                        assertThat(read(output))
                                .isEqualTo(
                                        Arrays.copyOfRange(expected, world.rank() * part, (world.rank() + 1) * part));
                        world.run(new Collective.AllGather(output, input), queue);
                        assertThat(read(input)).isEqualTo(expected);
                    }
                }
            }
            return null;
        });
    }
}
