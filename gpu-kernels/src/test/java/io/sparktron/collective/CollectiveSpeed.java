package io.sparktron.collective;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Prints how fast an all-reduce between processes is: median and least time, and algorithm bandwidth, which is bytes of the
 * tensor per second. Arguments: number of processes, {@link Placement}, {@code speed} or,
 * for 2, {@code compare}.
 */
final class CollectiveSpeed {
    private CollectiveSpeed() {}

    public static void main(String[] arguments) throws Exception {
        int ranks = Integer.parseInt(arguments[0]);
        try (RankProcesses children =
                RankProcesses.start(Placement.valueOf(arguments[1])::of, ranks, arguments[2], Duration.ofSeconds(60))) {
            for (String line = children.next(0); !line.startsWith("("); line = children.next(0)) {
                System.out.println(line);
            }
        }
    }

    /** What each process runs. */
    static void measure(Communicator world, Queue queue) throws IOException {
        for (int bytes = 256; bytes <= 1 << 26; bytes *= 2) {
            measure(world, queue, bytes, "shared");
        }
        for (int bytes = 1 << 16; bytes <= 1 << 26; bytes *= 16) {
            measure(world, queue, bytes, "private");
        }
    }

    /** What each of two processes runs to compare an all-reduce with a {@link PlainCopy}, round about. */
    static void compare(Communicator world, Queue queue) throws IOException {
        for (int bytes : new int[] {1 << 12, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 26}) {
            Tensor x = new Tensor(world.allocator().allocate("x", bytes), 0, DType.FLOAT32, Shape.of(bytes / 4));
            Collective sum = new Collective.AllReduce(Reduction.SUM, x);
            long[] reduces = new long[rounds(bytes)];
            long[] copies = new long[reduces.length];
            try (PlainCopy plain = PlainCopy.open(world, queue, bytes)) {
                for (int phase = 0; phase < 2; phase++) {
                    for (int round = 0; round < reduces.length; round++) {
                        long begin = System.nanoTime();
                        world.run(sum, queue);
                        long middle = System.nanoTime();
                        plain.exchange(bytes);
                        copies[round] = System.nanoTime() - middle;
                        reduces[round] = middle - begin;
                    }
                }
            }
            say(world.size() + " ranks, all-reduce ", bytes, reduces);
            say("     plain socket copy ", bytes, copies);
        }
        world.run(new Collective.Barrier(), queue);
    }

    private static int rounds(int bytes) {
        return (int) Math.max(20, Math.min(20_000, (1L << 31) / bytes));
    }

    private static void say(String what, int bytes, long[] times) {
        Arrays.sort(times);
        RankProcess.say(String.format(
                "%s%10d bytes: median %.1f us, least %.1f us, 99th %.1f us, %.2f GB/s",
                what,
                bytes,
                times[times.length / 2] / 1e3,
                times[0] / 1e3,
                times[times.length * 99 / 100] / 1e3,
                (double) bytes / times[times.length / 2]));
    }

    private static void measure(Communicator world, Queue queue, int bytes, String home) {
        HostMemory memory = (HostMemory)
                (home.equals("shared") ? world.allocator().allocate("x", bytes) : HostMemory.allocate("x", bytes));
        Tensor x = new Tensor(memory, 0, DType.FLOAT32, Shape.of(bytes / 4));
        Collective sum = new Collective.AllReduce(Reduction.SUM, x);
        long[] times = new long[rounds(bytes)];
        for (int phase = 0; phase < 2; phase++) {
            for (int round = 0; round < times.length; round++) {
                long begin = System.nanoTime();
                world.run(sum, queue);
                times[round] = System.nanoTime() - begin;
            }
        }
        say(world.size() + " ranks, " + home + ", ", bytes, times);
        world.run(new Collective.Barrier(), queue);
        memory.close();
    }
}
