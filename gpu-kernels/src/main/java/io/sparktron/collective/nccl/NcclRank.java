package io.sparktron.collective.nccl;

import io.sparktron.collective.Communicator;
import io.sparktron.collective.CommunicatorException;
import io.sparktron.jnccl.JNCCL;
import io.sparktron.jnccl.ncclResult;
import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.cuda.CudaQueue;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.Queue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What all communicators of a rank share: its GPU, the order of its collectives, and the one cause for which all of them stop. */
final class NcclRank {
    private final Communicator host;
    private final CudaDevice device;
    private final NcclSettings settings;
    private final boolean overlaps;
    private final HostDevice hostDevice = new HostDevice(1);
    private final Queue hostQueue = hostDevice.newQueue("rendezvous");
    private final List<NcclCommunicator> communicators = new CopyOnWriteArrayList<>();
    private final NcclWatchdog watchdog;
    private volatile String cause;
    private NcclCommunicator lastUsed;

    /**
     * @param overlaps whether communicators may work at the same time
     */
    NcclRank(Communicator host, CudaDevice device, NcclSettings settings, boolean overlaps) {
        this.host = host;
        this.device = device;
        this.settings = settings;
        this.overlaps = overlaps;
        this.watchdog = new NcclWatchdog(this);
        device.checkAfterWaiting(this::failIfWrong);
    }

    /** Fails unless a call of NCCL succeeded or goes on. */
    static void check(Object call, int result) {
        if (result != ncclResult.ncclSuccess && result != ncclResult.ncclInProgress) {
            String last = JNCCL.ncclGetLastError(null);
            throw new CommunicatorException(call + " failed with " + ncclResult.stringFor(result) + " (" + result
                    + "): " + (last == null || last.isBlank() ? JNCCL.ncclGetErrorString(result) : last.strip()));
        }
    }

    /** The communicator of all ranks' hosts. */
    Communicator host() {
        return host;
    }

    CudaDevice device() {
        return device;
    }

    NcclSettings settings() {
        return settings;
    }

    /** For collectives of host memory. */
    Queue hostQueue() {
        return hostQueue;
    }

    List<NcclCommunicator> communicators() {
        return communicators;
    }

    void add(NcclCommunicator communicator) {
        communicators.add(communicator);
        watchdog.begin();
    }

    void remove(NcclCommunicator communicator) {
        communicators.remove(communicator);
    }

    /** Orders a communicator's next collective behind the one that this rank started last, where NCCL does not allow them to overlap. */
    void order(NcclCommunicator next, CudaQueue queue) {
        if (!overlaps && lastUsed != null && lastUsed != next) {
            lastUsed.orderBefore(queue);
        }
        lastUsed = next;
    }

    /** Throws if this rank has to stop. */
    void failIfStopped() {
        if (cause != null) {
            throw stoppedFor();
        }
    }

    /** NCCL only says that a call of CUDA failed; asked here, by who has nothing to wait for, is what has become of the GPU. */
    private CommunicatorException stoppedFor() {
        return new CommunicatorException(cause, device.loss().orElse(null));
    }

    /** Throws if this rank has to stop, or if NCCL has not done what it was asked. */
    private void failIfWrong() {
        communicators.forEach(NcclCommunicator::failIfWrong);
        failIfStopped();
    }

    boolean stopped() {
        return cause != null;
    }

    /** Stops this rank and, through its host's communicator, all others; the first cause of all ranks stands. */
    CommunicatorException fail(Communicator group, String why) {
        group.abort(why);
        String first = host.failure(null, false);
        stop(first == null ? why : first);
        return stoppedFor();
    }

    /**
     * Stops this rank: first all its communicators are marked, so that none starts anything more, then each is aborted in a thread of its own, since NCCL may make one wait for
     * the work of another.
     */
    synchronized void stop(String why) {
        if (cause != null) {
            return;
        }
        cause = why;
        for (NcclCommunicator communicator : communicators) {
            Thread thread = new Thread(communicator::freeNow, "sparktron-nccl-abort");
            thread.setDaemon(true);
            thread.start();
        }
    }

    void close() {
        device.checkAfterWaiting(() -> {});
        watchdog.close();
        hostDevice.close();
    }
}
