package io.sparktron.job;

import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.GpuUse;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;

/**
 * How GPUs are asked of Spark: executors are started with theirs ({@code spark.executor.resource.gpu.*}), and each task of a training stage requests one of them. Spark grants the
 * request of a stage, without new executors for it, to applications of standalone, YARN and Kubernetes clusters whose executors are fixed (SPARK-39853, SPARK-45495).
 */
final class GpuResources {
    /** Spark's name of the resource. */
    static final String NAME = "gpu";

    private static final String OF_TASK = "spark.task.resource.gpu.amount";

    private GpuResources() {}

    /**
     * Asks a cluster for executors with a GPU for each of their tasks, unless the user has said how many they have.
     *
     * @param slots tasks that an executor runs at once
     */
    static void askForExecutors(SparkConf conf, String master, int slots) {
        conf.setIfMissing(ClusterFacts.EXECUTOR_GPUS, String.valueOf(slots));
        if (master.startsWith("k8s")) {
            conf.setIfMissing("spark.executor.resource.gpu.vendor", "nvidia.com");
        }
    }

    /** What each task of a stage requests; empty where executors have no GPUs, or where every task of the application requests some already. */
    static Optional<ResourceProfile> ofStage(SparkConf conf, GpuUse use) {
        if (use == GpuUse.NEVER || conf.getInt(ClusterFacts.EXECUTOR_GPUS, 0) == 0 || conf.contains(OF_TASK)) {
            return Optional.empty();
        }
        TaskResourceRequests requests = new TaskResourceRequests()
                .cpus(conf.getInt("spark.task.cpus", 1))
                .resource(NAME, 1);
        return Optional.of(new ResourceProfileBuilder().require(requests).build());
    }
}
