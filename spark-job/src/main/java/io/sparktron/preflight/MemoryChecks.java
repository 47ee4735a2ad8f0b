package io.sparktron.preflight;

import io.sparktron.rank.ClusterFacts;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Sizes;
import io.sparktron.train.TrainingMemory;

/** What the settings give an executor beside its heap, against what its ranks need there. */
final class MemoryChecks {
    private static final String CHECK = "memory overhead";

    private final ClusterFacts cluster;
    private final TrainingMemory need;
    private final int threads;

    /**
     * @param device of which a rank takes as many threads as it has cores, where it does not say
     */
    MemoryChecks(ClusterFacts cluster, TrainingMemory need, DeviceConfig device) {
        this.cluster = cluster;
        this.need = need;
        this.threads = device.threads() == DeviceConfig.SHARE_OF_HOST ? cluster.taskCores() : device.threads();
    }

    Finding overhead() {
        String found = "a rank has " + Sizes.of(need.onHost()) + " of tensors outside the Java heap";
        if (!cluster.limited()) {
            return Finding.ok(CHECK, found + "; " + cluster.master() + " sets no limit to that");
        }
        long needed = need.overheadMiB(cluster.ranksOfExecutor(), threads, cluster.heap()) << 20;
        String given = found + ", so an executor needs " + Sizes.of(needed) + " beside its heap; it gets "
                + Sizes.of(cluster.overhead());
        return cluster.overhead() < needed
                ? Finding.mistake(CHECK, given, "--conf spark.executor.memoryOverhead=" + Sizes.setting(needed))
                : Finding.ok(CHECK, given);
    }
}
