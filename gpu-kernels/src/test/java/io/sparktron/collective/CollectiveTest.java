package io.sparktron.collective;

import static io.sparktron.collective.Operands.read;
import static io.sparktron.collective.Operands.reduced;
import static io.sparktron.collective.Operands.tensor;
import static io.sparktron.collective.Operands.values;
import static io.sparktron.collective.Operands.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.Operands.Home;
import io.sparktron.kernels.host.Elements;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers: every collective, on ranks as threads, against loops over arrays; bit for bit. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Placement.class)
class CollectiveTest {
    private static final int[] RANKS = {1, 2, 3, 4, 8};

    /** Empty, one element, odd, just small and just not, several mailboxes. */
    private static final int[] LENGTHS = {0, 1, 13, 256, 257, 50_021};

    @Parameter
    private Placement placement;

    private final HostDevice device = new HostDevice(1);
    private final Queue queue = device.newQueue("compute");

    @AfterEach
    void close() {
        device.close();
    }

    static Stream<Arguments> ranksAndHomes() {
        return IntStream.of(RANKS)
                .boxed()
                .flatMap(ranks -> Arrays.stream(Home.values()).map(home -> Arguments.of(ranks, home)));
    }

    @ParameterizedTest
    @MethodSource("ranksAndHomes")
    void allReduceAddsInRankOrder(int ranks, Home home) {
        RankThreads.run(placement, ranks, world -> {
            for (Reduction reduction : Reduction.values()) {
                for (int length : LENGTHS) {
                    Tensor x = write(tensor(home.allocator(world), length), values(world.rank(), length));
                    world.run(new Collective.AllReduce(reduction, x), queue);
                    assertThat(read(x)).isEqualTo(reduced(reduction, ranks, length));
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("ranksAndHomes")
    void reduceScatterThenAllGatherEqualsAllReduce(int ranks, Home home) {
        RankThreads.run(placement, ranks, world -> {
            for (int part : LENGTHS) {
                int length = part * ranks;
                float[] expected = reduced(Reduction.SUM, ranks, length);
                Tensor input = write(tensor(home.allocator(world), length), values(world.rank(), length));
                Tensor output = tensor(home.allocator(world), part);
                world.run(new Collective.ReduceScatter(Reduction.SUM, input, output), queue);
                assertThat(read(output))
                        .isEqualTo(Arrays.copyOfRange(expected, world.rank() * part, (world.rank() + 1) * part));
                Tensor gathered = tensor(home.allocator(world), length);
                world.run(new Collective.AllGather(output, gathered), queue);
                assertThat(read(gathered)).isEqualTo(expected);
            }
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("ranksAndHomes")
    void aPartMayAliasItsPlaceInTheWhole(int ranks, Home home) {
        RankThreads.run(placement, ranks, world -> {
            for (int part : LENGTHS) {
                int length = part * ranks;
                Tensor whole = write(tensor(home.allocator(world), length), values(world.rank(), length));
                Tensor own = whole.rows((long) world.rank() * part, part);
                world.run(new Collective.ReduceScatter(Reduction.SUM, whole, own), queue);
                world.run(new Collective.AllGather(own, whole), queue);
                assertThat(read(whole)).isEqualTo(reduced(Reduction.SUM, ranks, length));
            }
            return null;
        });
    }

    @ParameterizedTest
    @MethodSource("ranksAndHomes")
    void broadcastCopiesTheRoot(int ranks, Home home) {
        RankThreads.run(placement, ranks, world -> {
            for (int root = 0; root < ranks; root++) {
                for (int length : LENGTHS) {
                    Tensor x = write(tensor(home.allocator(world), length), values(world.rank(), length));
                    world.run(new Collective.Broadcast(root, x), queue);
                    assertThat(read(x)).isEqualTo(values(root, length));
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8})
    void barrierEndsOnlyAfterAllHaveStarted(int ranks) {
        List<Integer> started = new ArrayList<>();
        RankThreads.run(placement, ranks, world -> {
            for (int round = 1; round <= 20; round++) {
                if (world.rank() == round % ranks) {
                    Thread.sleep(2);
                }
                synchronized (started) {
                    started.add(round);
                }
                world.run(new Collective.Barrier(), queue);
                synchronized (started) {
                    assertThat(started).hasSizeGreaterThanOrEqualTo(round * ranks);
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "FLOAT16", "BFLOAT16"})
    void everyTypeReduces(DType type) {
        int ranks = 3;
        int length = type.bytes() == 2 ? 61 : 10_007; // integers that a 16-bit number holds
        RankThreads.run(placement, ranks, world -> {
            for (Reduction reduction : Reduction.values()) {
                Tensor x = new Tensor(
                        world.allocator().allocate("x", (long) length * type.bytes()), 0, type, Shape.of(length));
                for (int i = 0; i < length; i++) {
                    setNumber(x, i, (i + 1) * (world.rank() == i % ranks ? 3 : -1));
                }
                world.run(new Collective.AllReduce(reduction, x), queue);
                for (int i = 0; i < length; i++) {
                    assertThat(number(x, i)).isEqualTo((i + 1) * (reduction == Reduction.SUM ? 1 : 3));
                }
            }
            return null;
        });
    }

    private static void setNumber(Tensor tensor, int index, int value) {
        var window = ((HostMemory) tensor.memory()).window(0);
        switch (tensor.type()) {
            case INT32 -> Elements.setInt(tensor, index, value);
            case INT64 -> window.putLong(index * 8, value);
            default -> Elements.set(tensor, index, value);
        }
    }

    private static long number(Tensor tensor, int index) {
        var window = ((HostMemory) tensor.memory()).window(0);
        return switch (tensor.type()) {
            case INT32 -> Elements.getInt(tensor, index);
            case INT64 -> window.getLong(index * 8);
            default -> (long) Elements.get(tensor, index);
        };
    }

    @Test
    void bytesOfAnyTypeAreGathered() {
        RankThreads.run(placement, 3, world -> {
            Tensor input = new Tensor(HostMemory.allocate("input", 20_002), 0, DType.BFLOAT16, Shape.of(10_001));
            Tensor output = new Tensor(HostMemory.allocate("output", 60_006), 0, DType.BFLOAT16, Shape.of(30_003));
            for (int i = 0; i < 10_001; i++) {
                Elements.set(input, i, world.rank() + i % 7);
            }
            world.run(new Collective.AllGather(input, output), queue);
            for (int i = 0; i < 30_003; i++) {
                assertThat(Elements.get(output, i)).isEqualTo(i / 10_001 + i % 10_001 % 7);
            }
            return null;
        });
    }

    @Test
    void nanWinsEveryMaximum() {
        RankThreads.run(placement, 3, world -> {
            Tensor x = write(tensor(world.allocator(), 5), new float[] {1, world.rank() == 1 ? Float.NaN : 2, 3, 4, 5});
            world.run(new Collective.AllReduce(Reduction.MAX, x), queue);
            assertThat(read(x)).containsExactly(1, Float.NaN, 3, 4, 5);
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void sixtyFourMegabytes(int ranks) {
        int length = 1 << 24;
        RankThreads.run(placement, ranks, world -> {
            Tensor x = tensor(world.allocator(), length);
            for (int i = 0; i < length; i++) {
                Elements.set(x, i, i % 1021 + world.rank());
            }
            world.run(new Collective.AllReduce(Reduction.SUM, x), queue);
            for (int i = 0; i < length; i++) {
                int expected = ranks * (i % 1021) + ranks * (ranks - 1) / 2;
                if (Elements.get(x, i) != expected) {
                    throw new AssertionError("element " + i + " is " + Elements.get(x, i) + ", not " + expected);
                }
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void thousandsOfSmallOnesBackToBack(int ranks) {
        int rounds = 20_000 / ranks;
        RankThreads.run(placement, ranks, world -> {
            Tensor x = tensor(world.allocator(), 3);
            Tensor all = tensor(world.allocator(), ranks);
            for (int round = 0; round < rounds; round++) {
                Elements.set(x, 0, round);
                Elements.set(x, 1, world.rank());
                Elements.set(x, 2, -round);
                world.run(new Collective.AllReduce(Reduction.SUM, x), queue);
                assertThat(Elements.get(x, 0)).isEqualTo((double) ranks * round);
                assertThat(Elements.get(x, 1)).isEqualTo(ranks * (ranks - 1) / 2);
                assertThat(Elements.get(x, 2)).isEqualTo((double) -ranks * round);
                Elements.set(x, 0, world.rank() * round);
                world.run(new Collective.AllGather(x.rows(0, 1), all), queue);
                assertThat(Elements.get(all, ranks - 1)).isEqualTo((double) (ranks - 1) * round);
            }
            return null;
        });
    }

    @Test
    void groupsOfAGridUseMemoryOfTheirParent() {
        int tensorSize = 2;
        RankThreads.run(placement, 6, world -> {
            Communicator tensorGroup = world.split("tensor", world.rank() / tensorSize);
            Communicator dataGroup = world.split("data", world.rank() % tensorSize);
            assertThat(tensorGroup.size()).isEqualTo(2);
            assertThat(tensorGroup.rank()).isEqualTo(world.rank() % 2);
            assertThat(dataGroup.size()).isEqualTo(3);
            assertThat(dataGroup.rank()).isEqualTo(world.rank() / 2);
            for (int length : LENGTHS) {
                Tensor x = tensor(world.allocator(), length);
                for (Communicator group : List.of(tensorGroup, dataGroup, world)) {
                    write(x, values(group.rank(), length));
                    group.run(new Collective.AllReduce(Reduction.SUM, x), queue);
                    assertThat(read(x)).isEqualTo(reduced(Reduction.SUM, group.size(), length));
                }
            }
            dataGroup.close();
            Communicator pairs = tensorGroup.split("single", tensorGroup.rank());
            assertThat(pairs.size()).isEqualTo(1);
            pairs.run(new Collective.Barrier(), queue);
            return null;
        });
    }

    @Test
    void allocatedMemoryIsZeroAndAlignedAndReusable() {
        RankThreads.run(placement, 2, world -> {
            for (int round = 0; round < 50; round++) {
                Memory memory = world.allocator().allocate("frame", 100_000);
                assertThat(memory.address() % 4096).isZero();
                Tensor x = new Tensor(memory, 0, DType.FLOAT32, Shape.of(25_000));
                assertThat(Elements.get(x, round)).isZero();
                write(x, values(world.rank(), 25_000));
                world.run(new Collective.AllReduce(Reduction.SUM, x), queue);
                assertThat(Elements.get(x, 24_999)).isEqualTo(reduced(Reduction.SUM, 2, 25_000)[24_999]);
                memory.close();
            }
            return null;
        });
    }

    @Test
    void operandsAreChecked() {
        RankThreads.run(placement, 1, world -> {
            Tensor three = tensor(world.allocator(), 3);
            Tensor four = tensor(world.allocator(), 4);
            assertThatThrownBy(() -> world.run(new Collective.AllGather(three, four), queue))
                    .hasMessage("output has 4 elements, must have 1 times the 3 of input");
            return null;
        });
        RankThreads.run(placement, 1, world -> {
            assertThatThrownBy(() -> world.run(new Collective.Broadcast(1, tensor(world.allocator(), 3)), queue))
                    .hasMessage("the root of a broadcast is 1, must be in 0 ... 0");
            return null;
        });
    }
}
