package io.sparktron.collective;

import static io.sparktron.collective.NcclRanks.empty;
import static io.sparktron.collective.NcclRanks.read;
import static io.sparktron.collective.NcclRanks.tensor;
import static io.sparktron.collective.Operands.reduced;
import static io.sparktron.collective.Operands.values;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.LibC;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What a {@link RankProcess} does with its GPU. */
final class NcclPrograms {
    private NcclPrograms() {}

    static void run(String program, Communicator host) {
        try {
            NcclRanks.onGpu(host, NcclRanks.SETTINGS, (gpus, queue, hosts) -> {
                switch (program) {
                    case "nccl-collectives" -> collectives(gpus, queue);
                    case "nccl-forever" -> forever(gpus, queue);
                    case "nccl-blind" -> {
                        LibC.setenv("SPARKTRON_PRETENDED_NCCL_BLIND", "1", 1);
                        forever(gpus, queue);
                    }
                    case "nccl-waiting" -> {
                        LibC.setenv("SPARKTRON_PRETENDED_NCCL_BLIND", "1", 1);
                        LibC.setenv("SPARKTRON_PRETENDED_NCCL_CALLS_WAIT", "1", 1);
                        waiting(gpus, queue);
                    }
                    default -> throw new IllegalArgumentException("program " + program);
                }
                return null;
            });
        } catch (CommunicatorException e) {
            RankProcess.say(e.getMessage());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Maxima and copies, which are exact, in all groups of a grid; says {@code right}. */
    private static void collectives(Communicator gpus, Queue queue) {
        Communicator column = gpus.split("column", gpus.rank() % 2);
        for (Communicator group : List.of(gpus, column)) {
            for (int part : new int[] {0, 1, 1021, 80_011}) {
                int length = part * group.size();
                float[] most = reduced(Reduction.MAX, group.size(), length);
                Tensor x = tensor(gpus.allocator(), queue, DType.FLOAT32, values(group.rank(), length));
                Tensor own = empty(gpus.allocator(), DType.FLOAT32, part);
                Tensor all = empty(gpus.allocator(), DType.FLOAT32, length);
                group.run(new Collective.ReduceScatter(Reduction.MAX, x, own), queue);
                group.run(new Collective.AllGather(own, all), queue);
                group.run(new Collective.AllReduce(Reduction.MAX, x), queue);
                group.run(new Collective.Barrier(), queue);
                require(read(queue, all), most);
                require(read(queue, x), most);
            }
        }
        RankProcess.say("right");
    }

    private static void require(float[] actual, float[] expected) {
        if (!Arrays.equals(actual, expected)) {
            throw new AssertionError("wrong numbers: " + Arrays.mismatch(actual, expected));
        }
    }

    /** Reduces twice, the second time in vain, which its caller says: the last rank stays away. Says {@code running} when the second has begun. */
    private static void forever(Communicator gpus, Queue queue) throws InterruptedException {
        Collective sum = reduceOnce(gpus, queue);
        Completion second = gpus.start(sum, queue);
        RankProcess.say("running");
        second.awaitHost();
    }

    /** The same where the call itself waits. */
    private static void waiting(Communicator gpus, Queue queue) throws InterruptedException {
        Collective sum = reduceOnce(gpus, queue);
        Thread caller = Thread.currentThread();
        Thread watcher = new Thread(() -> {
            while (!caller.getStackTrace()[0].getMethodName().equals("ncclAllReduce")) {
                LockSupport.parkNanos(1_000_000);
            }
            RankProcess.say("running");
        });
        watcher.setDaemon(true);
        watcher.start();
        gpus.start(sum, queue).awaitHost();
    }

    private static Collective reduceOnce(Communicator gpus, Queue queue) throws InterruptedException {
        Collective sum = new Collective.AllReduce(Reduction.SUM, empty(gpus.allocator(), DType.FLOAT32, 100_000));
        gpus.start(sum, queue).awaitHost();
        if (gpus.rank() == gpus.size() - 1) {
            RankProcess.say("running");
            Thread.sleep(120_000);
        }
        return sum;
    }
}
