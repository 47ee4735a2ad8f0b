package io.sparktron.preflight;

import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.GpuOffer;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.VisibleGpus;
import io.sparktron.train.DeviceConfig;
import java.util.List;

/** What Spark's settings say of GPUs before anything starts. */
final class GpuSettings {
    private static final String SCRIPT = "spark.executor.resource.gpu.discoveryScript";
    private static final String PLUGIN = "spark.resources.discoveryPlugin";

    private final ClusterFacts cluster;
    private final DeviceConfig.Kind kind;

    GpuSettings(ClusterFacts cluster, DeviceConfig.Kind kind) {
        this.cluster = cluster;
        this.kind = kind;
    }

    /** What ranks will compute on, as far as the driver can tell: where executors get GPUs, or this machine has some and ranks run on it, not on processors. */
    DeviceConfig.Kind likely() {
        if (kind != DeviceConfig.Kind.AUTO) {
            return kind;
        }
        boolean here =
                cluster.master().startsWith("local") && VisibleGpus.offer(GpuUse.IF_ALL) instanceof GpuOffer.Shared;
        boolean given = !cluster.setting(ClusterFacts.EXECUTOR_GPUS, "0").equals("0");
        return here || given ? DeviceConfig.Kind.CUDA : DeviceConfig.Kind.HOST;
    }

    /** Executors of YARN and Kubernetes find their GPUs themselves, and end where nobody told them how. */
    List<Finding> findings() {
        boolean findThemselves =
                cluster.master().startsWith("yarn") || cluster.master().startsWith("k8s");
        if (kind != DeviceConfig.Kind.CUDA || !findThemselves) {
            return List.of();
        }
        boolean told = !cluster.setting(SCRIPT, "").isEmpty()
                || !cluster.setting(PLUGIN, "").isEmpty();
        return List.of(
                told
                        ? Finding.ok("gpu discovery", SCRIPT + " = " + cluster.setting(SCRIPT, "(none)"))
                        : Finding.mistake(
                                "gpu discovery",
                                SCRIPT + " is not set, so no executor of " + cluster.master() + " finds its GPUs",
                                "--conf " + SCRIPT + "=PATH of conf/find-gpus.sh, the same on every node"));
    }
}
