package io.sparktron.job;

import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.NotStartedException;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.rank.SlotsMissingException;
import io.sparktron.tokens.InvalidInputException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.resource.ResourceProfile;

/**
 * How many ranks a cluster can run at once. A barrier stage starts all its tasks together; Spark itself would look for the slots only every 15
 * seconds and for ten minutes.
 */
public final class Slots {
    private static final Pattern LOCAL = Pattern.compile("local\\[(\\d+|\\*)(?:,\\d+)?]");
    private static final Pattern LOCAL_CLUSTER =
            Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*\\d+\\s*]");
    private static final String GPUS_MISSING = "; or no node has " + ClusterFacts.EXECUTOR_GPUS + " free GPUs:"
            + " spark.worker.resource.gpu.* of its Workers, or the cluster manager, says how many there are";

    private static final Duration SAY_AGAIN = Duration.ofSeconds(5);

    private Slots() {}

    /** The most slots that the master can ever give, where its settings tell. */
    public static OptionalInt most(SparkConf spark) {
        int cpus = spark.getInt("spark.task.cpus", 1);
        String master = spark.get("spark.master", "");
        Matcher local = LOCAL.matcher(master);
        if (local.matches()) {
            int threads = local.group(1).equals("*")
                    ? Runtime.getRuntime().availableProcessors()
                    : Integer.parseInt(local.group(1));
            return OptionalInt.of(threads / cpus);
        }
        if (master.equals("local")) {
            return OptionalInt.of(1 / cpus);
        }
        Matcher cluster = LOCAL_CLUSTER.matcher(master);
        if (cluster.matches()) {
            int cores = Integer.parseInt(cluster.group(2));
            return OptionalInt.of(Integer.parseInt(cluster.group(1)) * (cores / cpus));
        }
        if (master.startsWith("spark:") && spark.contains("spark.cores.max")) {
            return OptionalInt.of(spark.getInt("spark.cores.max", 0) / cpus);
        }
        if (spark.contains("spark.executor.instances") && spark.contains("spark.executor.cores")) {
            int cores = spark.getInt("spark.executor.cores", 0);
            return OptionalInt.of(spark.getInt("spark.executor.instances", 0) * (cores / cpus));
        }
        return OptionalInt.empty();
    }

    /** Fails at once if there can never be enough. */
    public static void requirePossible(SparkConf spark, int ranks) {
        OptionalInt most = most(spark);
        if (most.isPresent() && most.getAsInt() < ranks) {
            throw new InvalidInputException("parallel.tensor x parallel.data = " + ranks + " ranks, but "
                    + spark.get("spark.master", "the master") + " has at most " + most.getAsInt()
                    + " slots of spark.task.cpus = " + spark.getInt("spark.task.cpus", 1)
                    + "; give it a core for each rank, or choose a smaller layout");
        }
    }

    /** Waits until enough executors have come, or nobody wants them any more. */
    static void await(
            SparkContext spark,
            ResourceProfile needs,
            int ranks,
            Duration limit,
            BooleanSupplier stop,
            Consumer<String> progress)
            throws InterruptedException {
        int slots = gather(spark, needs, ranks, limit, stop, progress);
        if (slots < ranks) {
            throw new SlotsMissingException(
                    spark.master() + " gave " + slots + " of " + ranks + " slots within job.slot-timeout = "
                            + limit.toSeconds() + " s; free cores in the cluster, or choose a smaller layout"
                            + (needs.taskResources().contains(GpuResources.NAME) ? GPUS_MISSING : ""));
        }
    }

    /** Waits until enough executors have come, or the time is over; returns how many slots there are then. */
    static int gather(
            SparkContext spark,
            ResourceProfile needs,
            int ranks,
            Duration limit,
            BooleanSupplier stop,
            Consumer<String> progress)
            throws InterruptedException {
        long start = System.nanoTime();
        long said = start;
        while (true) {
            if (stop.getAsBoolean()) {
                throw new NotStartedException("stopped before all ranks had an executor");
            }
            if (spark.isStopped()) {
                throw new RankFailedException(
                        Kind.STOPPED, "Spark was stopped before all ranks had an executor: by the cluster", null);
            }
            // Not in Spark's published interface, but it is the very number that the scheduler compares.
            int now = spark.maxNumConcurrentTasks(needs);
            if (now >= ranks || System.nanoTime() - start > limit.toNanos()) {
                return now;
            }
            if (said == start || System.nanoTime() - said > SAY_AGAIN.toNanos()) {
                progress.accept("waiting for executors: " + now + " of " + ranks + " slots");
                said = System.nanoTime();
            }
            Thread.sleep(100);
        }
    }
}
