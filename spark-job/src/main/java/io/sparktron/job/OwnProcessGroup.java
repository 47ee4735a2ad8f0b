package io.sparktron.job;

import com.sun.jna.Library;
import com.sun.jna.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an executor out of the process group of the driver that started it. A terminal sends Ctrl-C, and {@code timeout} its signal, to the whole group: executors that
 * die of it could not save what the driver is asked to keep. A Worker ends them by their process number, and they end themselves when the driver is gone.
 *
 * <p>Only where executors are children of the driver: elsewhere the cluster's own process groups must stay what they are (YARN ends a container by its group).
 */
final class OwnProcessGroup {
    private static final Logger LOG = LoggerFactory.getLogger(OwnProcessGroup.class);

    private OwnProcessGroup() {}

    /** C's library. */
    private interface LibC extends Library {
        int setpgid(int process, int group);
    }

    static void enter() {
        if (Native.load("c", LibC.class).setpgid(0, 0) != 0) {
            LOG.warn("setpgid failed, errno {}: Ctrl-C in a terminal ends this executor too", Native.getLastError());
        }
    }
}
