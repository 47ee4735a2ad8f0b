package io.sparktron.collective.nccl;

import io.sparktron.collective.CommunicatorException;
import io.sparktron.jnccl.JNCCL;
import io.sparktron.kernels.cuda.CudaGpus;
import io.sparktron.tensor.LibC;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settings that NCCL reads from the environment, once in a process, when its first communicator is made. They are set here just before that; what the user has
 * set stays, and is an error where it contradicts.
 */
final class NcclEnvironment {
    /** From this version on, NCCL itself orders what a rank starts on several communicators. */
    private static final int ORDERS_LAUNCHES_FROM = JNCCL.NCCL_VERSION(2, 26, 0);

    private static final String LAUNCH_ORDER = "NCCL_LAUNCH_ORDER_IMPLICIT";

    /** One algorithm and one protocol: the order of a sum then depends on the ranks and their GPUs alone. */
    private static final Map<String, String> REPRODUCIBLE = Map.of("NCCL_ALGO", "Ring", "NCCL_PROTO", "Simple");

    /** Before this version, an initialization that does not block has threads of its own that never leave device 0. */
    private static final int STAYS_ON_ITS_GPU_FROM = JNCCL.NCCL_VERSION(2, 24, 0);

    private static final Logger LOG = LoggerFactory.getLogger(NcclEnvironment.class);
    private static boolean warned;

    private NcclEnvironment() {}

    /**
     * Sets what is not set.
     *
     * @return whether communicators of one GPU may work at the same time
     */
    static synchronized boolean prepare(NcclSettings settings) {
        if (settings.reproducible()) {
            REPRODUCIBLE.forEach(NcclEnvironment::require);
        }
        int[] version = new int[1];
        NcclRank.check("ncclGetVersion", JNCCL.ncclGetVersion(version));
        if (!warned) {
            warned = true;
            warning(version[0], CudaGpus.visible().size()).ifPresent(LOG::warn);
        }
        if (version[0] < ORDERS_LAUNCHES_FROM) {
            return false;
        }
        LibC.setenv(LAUNCH_ORDER, "1", 0);
        return "1".equals(LibC.getenv(LAUNCH_ORDER));
    }

    /** What to say of a version of NCCL in a process that sees so many GPUs. */
    static Optional<String> warning(int version, int gpus) {
        return version >= STAYS_ON_ITS_GPU_FROM || gpus < 2
                ? Optional.empty()
                : Optional.of("NCCL before 2.24 opens a context on the first of the " + gpus
                        + " GPUs that this process sees, whichever it uses, and takes some hundred MiB of it: install a newer NCCL,"
                        + " or start each rank in a process that sees one GPU (conf/cuda.md)");
    }

    private static void require(String name, String value) {
        String found = LibC.getenv(name);
        if (found == null) {
            LibC.setenv(name, value, 0);
        } else if (!found.equalsIgnoreCase(value)) {
            throw new CommunicatorException(name + " is " + found
                    + " in the environment, but runs that repeat bit for bit need " + value
                    + ": unset it, or do without that");
        }
    }
}
