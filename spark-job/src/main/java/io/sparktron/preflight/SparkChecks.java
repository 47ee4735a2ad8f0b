package io.sparktron.preflight;

import io.sparktron.rank.ClusterFacts;
import java.util.List;

/** The settings that spark-submit was given: what a barrier stage cannot work with. */
final class SparkChecks {
    private static final String CLASSIC_MASTER =
            "--master spark://HOST:PORT, k8s://URL, yarn or local-cluster[N,CORES,MEMORY]";

    private static final String REMOTE = "spark.remote";
    private static final String API = "spark.api.mode";

    private final ClusterFacts cluster;

    SparkChecks(ClusterFacts cluster) {
        this.cluster = cluster;
    }

    List<Finding> findings() {
        return List.of(version(), mode(), dynamicAllocation(), cores());
    }

    /** Whether there is no classic Spark to start. */
    boolean isConnect() {
        return cluster.settings().containsKey(REMOTE)
                || cluster.setting(API, "classic").equals("connect");
    }

    /** Barrier stages and plugins are not part of Spark Connect; the driver writes the run folder. */
    private Finding mode() {
        String remote = cluster.setting(REMOTE, "");
        if (!remote.isEmpty()) {
            return Finding.mistake(
                    "mode",
                    REMOTE + " = " + remote + ", but Spark Connect has no barrier stages",
                    CLASSIC_MASTER + ", and no spark.remote");
        }
        String api = cluster.setting(API, "classic");
        if (api.equals("connect")) {
            return Finding.mistake(
                    "mode",
                    "spark.api.mode = connect, but Spark Connect has no barrier stages",
                    "--conf spark.api.mode=classic");
        }
        String deploy = cluster.setting("spark.submit.deployMode", "client");
        if (!deploy.equals("client")) {
            return Finding.mistake(
                    "mode",
                    "spark.submit.deployMode = " + deploy
                            + ", but the driver writes the run folder and shows the progress",
                    "--deploy-mode client");
        }
        return Finding.ok("mode", "client of " + cluster.master());
    }

    private Finding dynamicAllocation() {
        String key = "spark.dynamicAllocation.enabled";
        return Boolean.parseBoolean(cluster.setting(key, "false"))
                ? Finding.mistake(
                        "allocation",
                        key + " = true, must be false: all ranks run at the same time",
                        "--conf " + key + "=false")
                : Finding.ok("allocation", "executors are kept for the whole run");
    }

    private Finding version() {
        String found = "Spark " + cluster.spark() + " for Scala " + cluster.scala() + ", Java "
                + Runtime.version().feature() + " on the driver";
        boolean fits = cluster.spark().startsWith("4.") && cluster.scala().startsWith("2.13.");
        return fits
                ? Finding.ok("versions", found)
                : Finding.problem("versions", found, "set SPARK_HOME to a Spark 4 for Scala 2.13");
    }

    private Finding cores() {
        int rank = cluster.taskCores();
        if (cluster.executorCores().isEmpty()) {
            return Finding.ok("executors", "of spark.task.cpus = " + rank + ", a rank each");
        }
        int executor = cluster.executorCores().getAsInt();
        String found = "executors of " + executor + " cores, ranks of spark.task.cpus = " + rank;
        if (executor < rank) {
            return Finding.mistake(
                    "executors", found + ": no rank fits into one", "--conf spark.executor.cores=" + rank);
        }
        return executor % rank == 0
                ? Finding.ok("executors", found)
                : Finding.warning(
                        "executors",
                        found + ": " + executor % rank + " of each stay idle",
                        "--conf spark.executor.cores=" + (executor - executor % rank));
    }
}
