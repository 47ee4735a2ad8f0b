package io.sparktron.collective;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.time.Duration;
import java.util.Arrays;

/**
 * Prints how fast an all-reduce between processes is: median and least time, and algorithm bandwidth, which is bytes of the
 * tensor per second. Arguments: number of processes, {@link Placement}.
 */
final class CollectiveSpeed {
    private CollectiveSpeed() {}

    public static void main(String[] arguments) throws Exception {
        int ranks = Integer.parseInt(arguments[0]);
        try (RankProcesses children =
                RankProcesses.start(Placement.valueOf(arguments[1]), ranks, "speed", Duration.ofSeconds(60))) {
            for (String line = children.next(0); !line.startsWith("("); line = children.next(0)) {
                System.out.println(line);
            }
        }
    }

    /** What each process runs. */
    static void measure(Communicator world, Queue queue) {
        for (int bytes = 256; bytes <= 1 << 26; bytes *= 2) {
            measure(world, queue, bytes, "shared");
        }
        for (int bytes = 1 << 16; bytes <= 1 << 26; bytes *= 16) {
            measure(world, queue, bytes, "private");
        }
    }

    private static void measure(Communicator world, Queue queue, int bytes, String home) {
        HostMemory memory = (HostMemory)
                (home.equals("shared") ? world.allocator().allocate("x", bytes) : HostMemory.allocate("x", bytes));
        Tensor x = new Tensor(memory, 0, DType.FLOAT32, Shape.of(bytes / 4));
        Collective sum = new Collective.AllReduce(Reduction.SUM, x);
        int rounds = (int) Math.max(20, Math.min(50_000, (1L << 31) / bytes));
        long[] times = new long[rounds];
        for (int phase = 0; phase < 2; phase++) {
            for (int round = 0; round < rounds; round++) {
                long begin = System.nanoTime();
                world.run(sum, queue);
                times[round] = System.nanoTime() - begin;
            }
        }
        Arrays.sort(times);
        RankProcess.say(String.format(
                "%d ranks, %10d bytes, %s: median %.1f us, least %.1f us, 99th %.1f us, %.2f GB/s",
                world.size(),
                bytes,
                home,
                times[rounds / 2] / 1e3,
                times[0] / 1e3,
                times[rounds * 99 / 100] / 1e3,
                (double) bytes / times[rounds / 2]));
        world.run(new Collective.Barrier(), queue);
        memory.close();
    }
}
