package io.sparktron.collective.nccl;

import io.sparktron.collective.CommunicatorException;
import io.sparktron.jnccl.JNCCL;
import io.sparktron.tensor.LibC;
import java.util.Map;

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
        if (version[0] < ORDERS_LAUNCHES_FROM) {
            return false;
        }
        LibC.setenv(LAUNCH_ORDER, "1", 0);
        return "1".equals(LibC.getenv(LAUNCH_ORDER));
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
