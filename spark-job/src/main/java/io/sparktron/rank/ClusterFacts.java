package io.sparktron.rank;

import java.util.Map;
import java.util.OptionalInt;

/**
 * What a launcher has been told to use, known before any of it starts.
 *
 * @param master URL of the cluster
 * @param settings everything that was set, as {@code spark.*} keys
 * @param spark version on the driver
 * @param scala version that this Spark is built with
 * @param slots most ranks that can run at once, where the settings tell
 * @param taskCores cores of a rank
 * @param executorCores cores of an executor, where the settings tell
 * @param heap largest Java heap of an executor, bytes
 * @param overhead memory of an executor beside its heap, bytes
 * @param limited whether the cluster holds executors to heap + overhead
 */
public record ClusterFacts(
        String master,
        Map<String, String> settings,
        String spark,
        String scala,
        OptionalInt slots,
        int taskCores,
        OptionalInt executorCores,
        long heap,
        long overhead,
        boolean limited) {
    /** The setting that says how many GPUs an executor has. */
    public static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";

    /** Ranks that share an executor, where the settings tell, else one. */
    public int ranksOfExecutor() {
        return Math.max(1, executorCores.orElse(taskCores) / taskCores);
    }

    public String setting(String key, String unset) {
        return settings.getOrDefault(key, unset);
    }
}
