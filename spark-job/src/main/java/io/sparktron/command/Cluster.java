package io.sparktron.command;

import io.sparktron.job.HostSettings;
import io.sparktron.job.RankSpark;
import io.sparktron.job.Slots;
import io.sparktron.job.SparkFacts;
import io.sparktron.job.SparkRanks;
import io.sparktron.parallel.Layout;
import io.sparktron.plan.PlanRequest;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.ProbeLauncher;
import io.sparktron.rank.RankLauncher;
import io.sparktron.rank.RankProbe;
import io.sparktron.rank.RankProgram;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/**
 * The Spark that spark-submit was told to use. Nothing of it starts before it is needed, so that wrong settings and missing inputs are told
 * at once.
 */
final class Cluster {
    private static final String NO_MASTER = "local[*]";

    private final SparkConf given;

    Cluster(SparkConf given) {
        this.given = given;
    }

    /** The master, if one was given: spark-submit turns none into {@code local[*]}, so that counts as none. */
    Optional<String> master() {
        return Optional.of(given.get("spark.master", NO_MASTER)).filter(master -> !master.equals(NO_MASTER));
    }

    /** The layout that was asked for; the unset part is filled from the slots of a given master. */
    Layout layout(Settings settings) {
        int tensor = settings.get(ModelKeys.TENSOR);
        OptionalInt slots = master().isPresent() ? Slots.most(given) : OptionalInt.empty();
        int copies = slots.isPresent() ? Math.max(1, slots.getAsInt() / tensor) : 1;
        return new Layout(tensor, settings.find(ModelKeys.DATA).orElse(copies));
    }

    /** The same for training, where ranks may also share what forward alone leaves whole. */
    Layout trainingLayout(Settings settings) {
        return Requests.forTraining(settings, layout(settings));
    }

    /** An executor as Spark's settings make it: a core for each thread of a rank, unless {@code device.threads} says otherwise. */
    PlanRequest.Executor executor() {
        int cpus = Math.max(1, given.getInt("spark.task.cpus", 1));
        int ranks = Math.max(1, given.getInt("spark.executor.cores", cpus) / cpus);
        return new PlanRequest.Executor(given.getSizeAsBytes("spark.executor.memory", "1g"), ranks, cpus);
    }

    /** How paths are read: as every Spark job of this application does. */
    Configuration hadoop() {
        return SparkHadoopUtil.get().newConfiguration(given);
    }

    /** A session for data preparation, without the strict serializer of training: Spark SQL ships classes of its own. */
    SparkSession session() {
        SparkConf conf = given.clone().setMaster(given.get("spark.master", NO_MASTER));
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        conf.setIfMissing("spark.ui.enabled", String.valueOf(master().isPresent()));
        conf.set("spark.app.name", "sparktron prep");
        return SparkSession.builder().config(conf).getOrCreate();
    }

    /** What spark-submit was told, with {@code fallback} as master where it was told none. */
    ClusterFacts facts(String fallback) {
        return SparkFacts.of(given, master().orElse(fallback));
    }

    /** The same cluster without dynamic allocation, so that its executors can be looked at. */
    Cluster withFixedExecutors() {
        return new Cluster(given.clone().set("spark.dynamicAllocation.enabled", "false"));
    }

    /** Launches ranks on the given master, else on {@code fallback}; the context starts with the first run. */
    Ranks ranks(Settings settings, int ranks, String fallback, Consumer<String> progress) {
        SparkConf conf =
                RankSpark.configure(given, master().orElse(fallback), ranks, gpus(settings), RankSpark.application());
        conf.setIfMissing("spark.ui.enabled", String.valueOf(master().isPresent()));
        conf.set("spark.app.name", "sparktron");
        Slots.requirePossible(conf, ranks);
        return new Ranks(conf, settings, progress);
    }

    private static GpuUse gpus(Settings settings) {
        return settings.get(JobKeys.DEVICE_KIND).gpus();
    }

    /** A launcher that starts its Spark context when a program is first run. */
    static final class Ranks implements RankLauncher, ProbeLauncher, AutoCloseable {
        private final SparkConf conf;
        private final HostSettings hosts;
        private final Duration slotTimeout;
        private final Duration peerTimeout;
        private final Consumer<String> progress;
        private SparkRanks started;

        private Ranks(SparkConf conf, Settings settings, Consumer<String> progress) {
            this.conf = conf;
            this.hosts = Requests.hosts(settings);
            this.slotTimeout = Duration.ofSeconds(settings.get(JobKeys.SLOT_TIMEOUT));
            this.peerTimeout = Duration.ofSeconds(settings.get(JobKeys.PEER_TIMEOUT));
            this.progress = progress;
        }

        @Override
        public <R extends Serializable> List<R> run(
                int ranks, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop) {
            return started().run(ranks, program, onReport, stop);
        }

        @Override
        public <R extends Serializable> List<R> probe(int ranks, RankProbe<R> probe) {
            return started().probe(ranks, probe);
        }

        private SparkRanks started() {
            if (started == null) {
                progress.accept("starting Spark, master " + conf.get("spark.master"));
                started = new SparkRanks(conf, hosts, slotTimeout, peerTimeout, progress);
            }
            return started;
        }

        @Override
        public void close() {
            if (started != null) {
                started.close();
            }
        }
    }
}
