package io.sparktron.job;

import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.ProcessFacts;
import io.sparktron.rank.ProcessFacts.DriverAnswer;
import io.sparktron.tokens.InvalidInputException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.serializer.SerializerInstance;
import scala.Tuple2;
import scala.reflect.ClassTag$;

/** What only Spark can tell about a cluster and about the process that a rank runs in. */
public final class SparkFacts {
    /** Spark's own defaults of what an executor has beside its heap. */
    private static final double OVERHEAD_FACTOR = 0.1;

    private static final String LEAST_OVERHEAD = "384m";
    private static final String HEAP = "1g";

    private SparkFacts() {}

    /**
     * What the settings say before anything starts.
     *
     * @param master of the job
     */
    public static ClusterFacts of(SparkConf given, String master) {
        SparkConf conf = given.clone().setMaster(master);
        Map<String, String> settings = new TreeMap<>();
        for (Tuple2<String, String> setting : conf.getAll()) {
            settings.put(setting._1(), setting._2());
        }
        long heap = conf.getSizeAsBytes("spark.executor.memory", HEAP);
        return new ClusterFacts(
                master,
                settings,
                org.apache.spark.package$.MODULE$.SPARK_VERSION(),
                scala.util.Properties$.MODULE$.versionNumberString(),
                Slots.most(conf),
                conf.getInt("spark.task.cpus", 1),
                executorCores(conf, master),
                heap,
                overhead(conf, heap),
                master.startsWith("yarn") || master.startsWith("k8s"));
    }

    private static OptionalInt executorCores(SparkConf conf, String master) {
        if (master.startsWith("local-cluster")) {
            return OptionalInt.of(
                    Integer.parseInt(master.split(",", -1)[1].strip())); // a Worker of so many is one executor
        }
        if (conf.contains("spark.executor.cores")) {
            return OptionalInt.of(conf.getInt("spark.executor.cores", 1));
        }
        return OptionalInt.empty();
    }

    private static long overhead(SparkConf conf, long heap) {
        if (conf.contains("spark.executor.memoryOverhead")) {
            return conf.getSizeAsMb("spark.executor.memoryOverhead", "0") << 20;
        }
        double factor = conf.getDouble(
                "spark.executor.memoryOverheadFactor",
                conf.getDouble("spark.kubernetes.memoryOverheadFactor", OVERHEAD_FACTOR));
        long least = conf.getSizeAsMb("spark.executor.minMemoryOverhead", LEAST_OVERHEAD) << 20;
        return Math.max((long) (heap * factor), least);
    }

    /**
     * On an executor: what it is and whether it can talk to the driver of {@code run}.
     *
     * @param seating of all ranks
     */
    static ProcessFacts ofThisProcess(String run, Seating seating, int rank, HostSettings hosts, String secret) {
        List<HostIdentity> places = seating.hosts();
        SparkEnv spark = SparkEnv.get();
        Network network = null;
        String noNetwork = "";
        try {
            network = hosts.network(SeatedTask.sparkHost(), places.get(rank), places, secret);
        } catch (InvalidInputException e) {
            noNetwork = e.getMessage();
        }
        return new ProcessFacts(
                places.get(rank),
                spark.executorId(),
                ProcessHandle.current().pid(),
                org.apache.spark.package$.MODULE$.SPARK_VERSION(),
                Arrays.stream(spark.blockManager().diskBlockManager().localDirsString())
                        .toList(),
                network,
                noNetwork,
                seating.byRank().get(rank).gpus(),
                askDriver(run),
                serialization(spark));
    }

    private static DriverAnswer askDriver(String run) {
        long before = System.currentTimeMillis();
        long start = System.nanoTime();
        try {
            long there = (Long) RankPlugin.channel().ask(new RankMessage.Clock(run));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return new DriverAnswer("", took, Duration.ofMillis(there - before).minus(took.dividedBy(2)));
        } catch (Exception e) {
            return new DriverAnswer(e.toString(), Duration.ofNanos(System.nanoTime() - start), Duration.ZERO);
        }
    }

    /** Why what ranks send does not come through this process's serializer as it went in; empty if it does. */
    private static String serialization(SparkEnv spark) {
        try {
            SerializerInstance serializer = spark.serializer().newInstance();
            RankOutcome[] sent = {new RankOutcome(3, new byte[] {1, 2})};
            RankOutcome[] back = throughAndBack(serializer, sent);
            boolean same = back.length == 1
                    && back[0].rank() == sent[0].rank()
                    && Arrays.equals(back[0].result(), sent[0].result());
            return same ? "" : spark.serializer().getClass().getName() + " changes what a rank returns";
        } catch (RuntimeException | Error e) {
            return e.toString().lines().findFirst().orElse("");
        }
    }

    private static RankOutcome[] throughAndBack(SerializerInstance serializer, RankOutcome[] sent) {
        var type = ClassTag$.MODULE$.<RankOutcome[]>apply(RankOutcome[].class);
        ByteBuffer written = serializer.serialize(sent, type);
        return serializer.deserialize(written, type);
    }
}
