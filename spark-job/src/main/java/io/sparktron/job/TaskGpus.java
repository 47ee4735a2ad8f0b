package io.sparktron.job;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.GpuOffer;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.VisibleGpus;
import io.sparktron.tensor.LibC;
import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** Which GPUs a task may use: those that Spark set aside for it, or, where the master is on this machine and sets none aside, all that are there. */
final class TaskGpus {
    private TaskGpus() {}

    /**
     * @param master of the job
     */
    static GpuOffer offer(TaskContext task, GpuUse use, String master) {
        Map<String, ResourceInformation> resources = task.resourcesJMap();
        if (use == GpuUse.NEVER || !resources.containsKey(GpuResources.NAME)) {
            return use == GpuUse.NEVER || master.startsWith("local") ? VisibleGpus.offer(use) : notGiven();
        }
        String[] addresses = resources.get(GpuResources.NAME).addresses();
        if (addresses.length != 1) {
            return new GpuOffer.None("Spark gave the task " + addresses.length
                    + " GPUs, and a rank uses one: spark.task.resource.gpu.amount must be 1");
        }
        GpuOffer visible = VisibleGpus.offer(use);
        if (visible instanceof GpuOffer.None none) {
            return new GpuOffer.None(none.reason() + "; Spark gave the task gpu " + addresses[0]);
        }
        return given(addresses[0], ((GpuOffer.Shared) visible).gpus());
    }

    private static GpuOffer given(String address, List<CudaGpu> visible) {
        try {
            return new GpuOffer.Given(new GpuAddress(address).among(visible, LibC.getenv(OwnGpu.VISIBLE)));
        } catch (InvalidInputException e) {
            return new GpuOffer.None(e.getMessage());
        }
    }

    private static GpuOffer notGiven() {
        return new GpuOffer.None("Spark gave its task none; set " + ClusterFacts.EXECUTOR_GPUS + " to the GPUs of an"
                + " executor, and its discovery as in conf/spark-defaults-gpu.conf");
    }
}
