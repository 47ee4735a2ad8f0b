package io.sparktron.collective;

import static io.sparktron.collective.Operands.read;
import static io.sparktron.collective.Operands.reduced;
import static io.sparktron.collective.Operands.tensor;
import static io.sparktron.collective.Operands.values;
import static io.sparktron.collective.Operands.write;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a child of {@link RankProcesses} runs. Arguments: program, rank, ranks, time limit, host, address. */
final class RankProcess {
    private static final BufferedReader INPUT =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private RankProcess() {}

    public static void main(String[] arguments) throws InterruptedException, IOException {
        Rendezvous rendezvous = rendezvous(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        Duration timeLimit = Duration.parse(arguments[3]);
        Place place = new Place(List.of(), HostIdentity.decode(arguments[4]), arguments[5]);
        try (HostDevice device = new HostDevice(1);
                Communicator world = place.open("world", rendezvous, timeLimit)) {
            Queue queue = device.newQueue("compute");
            switch (arguments[0]) {
                case "collectives" -> collectives(world, queue);
                case "forever" -> forever(world, queue, world.size() - 1);
                case "steadily" -> forever(world, queue, world.size());
                case "vanish" -> vanish(world, queue);
                case "speed" -> CollectiveSpeed.measure(world, queue);
                case "compare" -> CollectiveSpeed.compare(world, queue);
                default -> NcclPrograms.run(arguments[0], world);
            }
        }
    }

    /** All collectives of all groups of a grid, checked; says {@code right}. */
    private static void collectives(Communicator world, Queue queue) {
        Communicator column = world.split("column", world.rank() % 2);
        for (Communicator group : List.of(world, column)) {
            for (Operands.Home home : Operands.Home.values()) {
                for (int part : new int[] {0, 1, 1021, 30_011}) {
                    check(group, queue, home, part);
                }
            }
        }
        say("right");
    }

    private static void check(Communicator group, Queue queue, Operands.Home home, int part) {
        int length = part * group.size();
        float[] sum = reduced(Reduction.SUM, group.size(), length);
        Tensor x = write(tensor(home.allocator(group), length), values(group.rank(), length));
        Tensor own = tensor(home.allocator(group), part);
        group.run(new Collective.ReduceScatter(Reduction.SUM, x, own), queue);
        require(read(own), Arrays.copyOfRange(sum, group.rank() * part, (group.rank() + 1) * part));
        group.run(new Collective.AllReduce(Reduction.SUM, x), queue);
        require(read(x), sum);
        write(x, new float[length]);
        group.run(new Collective.AllGather(own, x), queue);
        require(read(x), sum);
        write(own, values(group.rank(), part));
        group.run(new Collective.Broadcast(group.size() - 1, own), queue);
        require(read(own), values(group.size() - 1, part));
        group.run(new Collective.Barrier(), queue);
    }

    private static void require(float[] actual, float[] expected) {
        if (!Arrays.equals(actual, expected)) {
            throw new AssertionError("wrong numbers: " + Arrays.mismatch(actual, expected));
        }
    }

    /** Reduces until that fails, and says why it did. Rank {@code away} stays away from the collectives of the others. */
    private static void forever(Communicator world, Queue queue, int away) throws InterruptedException {
        Tensor x = tensor(world.allocator(), 100_000);
        world.run(new Collective.AllReduce(Reduction.SUM, x), queue);
        say("running");
        if (world.rank() == away) {
            Thread.sleep(120_000);
        }
        try {
            while (true) {
                world.run(new Collective.AllReduce(Reduction.SUM, x), queue);
            }
        } catch (CommunicatorException e) {
            say(e.getMessage());
        }
    }

    /** The last rank exits without leaving; the others wait for it and say why that failed. */
    private static void vanish(Communicator world, Queue queue) {
        if (world.rank() == world.size() - 1) {
            Runtime.getRuntime().halt(7);
        }
        try {
            world.run(new Collective.Barrier(), queue);
        } catch (CommunicatorException e) {
            say(e.getMessage());
        }
    }

    static void say(String line) {
        System.out.println("say " + line);
    }

    private static Rendezvous rendezvous(int rank, int size) {
        return new Rendezvous() {
            @Override
            public int rank() {
                return rank;
            }

            @Override
            public int size() {
                return size;
            }

            @Override
            public List<String> allGather(String message) {
                System.out.println("gather " + message);
                List<String> answers = new ArrayList<>();
                try {
                    for (int peer = 0; peer < size; peer++) {
                        answers.add(INPUT.readLine());
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return answers;
            }
        };
    }
}
