package io.sparktron.job;

import io.sparktron.rank.GpuUse;
import io.sparktron.tokens.InvalidInputException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/** The Spark settings of a training job. What the user has set stays, unless a barrier stage cannot work with it. */
public final class RankSpark {
    /** What executor JVMs need beyond what Spark gives them itself. */
    private static final String JVM_OPTIONS =
            "-XX:+IgnoreUnrecognizedVMOptions --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED";

    private RankSpark() {}

    /**
     * @param given settings from spark-submit and its files
     * @param ranks of the largest program, which the cluster is asked for
     * @param gpus what its ranks compute on
     * @param application the application's jar or class path, for executors of this machine
     */
    public static SparkConf configure(SparkConf given, String master, int ranks, GpuUse gpus, String application) {
        SparkConf conf = given.clone();
        if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
            throw new InvalidInputException(
                    "spark.dynamicAllocation.enabled = true, must be false: all ranks run at the same time");
        }
        conf.setMaster(master);
        conf.setIfMissing("spark.app.name", "sparktron");
        conf.set("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
        conf.set("spark.kryo.registrationRequired", "true");
        conf.set("spark.kryo.registrator", join(conf, "spark.kryo.registrator", ",", RankRegistrator.class.getName()));
        conf.set("spark.plugins", join(conf, "spark.plugins", ",", RankPlugin.class.getName()));
        conf.set("spark.executor.extraJavaOptions", join(conf, "spark.executor.extraJavaOptions", " ", JVM_OPTIONS));
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        conf.setIfMissing("spark.locality.wait", "0s");
        conf.setIfMissing("spark.barrier.sync.timeout", "300s");
        if (master.startsWith("local-cluster")) {
            onThisMachine(conf, master, application);
        } else if (!master.startsWith("local")) {
            askForExecutors(conf, master, ranks, gpus);
        }
        return conf;
    }

    /** As many as the ranks need: standalone clusters count an application's cores, the others its executors. */
    private static void askForExecutors(SparkConf conf, String master, int ranks, GpuUse gpus) {
        int cpus = conf.getInt("spark.task.cpus", 1);
        conf.setIfMissing("spark.executor.cores", String.valueOf(cpus));
        int cores = conf.getInt("spark.executor.cores", cpus);
        int slots = Math.max(1, cores / cpus);
        int executors = (ranks + slots - 1) / slots;
        if (gpus == GpuUse.ALWAYS) {
            GpuResources.askForExecutors(conf, master, slots);
        }
        if (master.startsWith("spark:")) {
            conf.setIfMissing("spark.cores.max", String.valueOf(executors * cores));
        } else {
            conf.setIfMissing("spark.executor.instances", String.valueOf(executors));
        }
    }

    /** Executors read the application where it lies, instead of each keeping a copy in its work folder. */
    private static void onThisMachine(SparkConf conf, String master, String application) {
        String megabytes = master.substring(master.lastIndexOf(',') + 1, master.length() - 1)
                .strip();
        conf.setIfMissing("spark.executor.memory", megabytes + "m");
        conf.remove("spark.jars");
        conf.remove("spark.repl.local.jars");
        conf.set("spark.executor.extraClassPath", join(conf, "spark.executor.extraClassPath", ":", application));
    }

    /** The class path entry that this class was loaded from. */
    public static String application() {
        try {
            return Path.of(RankSpark.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String join(SparkConf conf, String key, String separator, String ours) {
        return Stream.of(conf.get(key, ""), ours)
                .filter(part -> !part.isBlank())
                .collect(Collectors.joining(separator));
    }
}
