package io.sparktron.job;

import io.sparktron.tensor.LibC;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.resource.ResourceInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows CUDA no other GPU than the one that Spark gave an executor: NCCL before 2.24 would open a context on the first that it sees, and eight ranks of a machine eight on one. Only where Spark names it
 * by UUID, since a number means another GPU as soon as {@code CUDA_VISIBLE_DEVICES} is set.
 */
final class OwnGpu {
    /** CUDA reads it once in a process, when it is initialized. */
    static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

    private static final Logger LOG = LoggerFactory.getLogger(OwnGpu.class);

    private OwnGpu() {}

    /**
     * Called before anything of the executor uses CUDA; what somebody has set stays.
     *
     * @param resources of the executor
     */
    static void show(Map<String, ResourceInformation> resources) {
        only(resources).ifPresent(uuid -> {
            LibC.setenv(VISIBLE, uuid, 0);
            LOG.info("{} = {} for CUDA in this executor", VISIBLE, LibC.getenv(VISIBLE));
        });
    }

    /** The UUID of the executor's GPU, if it has just one, named by UUID. */
    static Optional<String> only(Map<String, ResourceInformation> resources) {
        return Optional.ofNullable(resources.get(GpuResources.NAME))
                .map(ResourceInformation::addresses)
                .filter(addresses -> addresses.length == 1 && addresses[0].startsWith("GPU-"))
                .map(addresses -> addresses[0]);
    }
}
