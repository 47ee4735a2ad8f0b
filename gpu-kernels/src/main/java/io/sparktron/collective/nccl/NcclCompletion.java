package io.sparktron.collective.nccl;

import io.sparktron.collective.Request;
import io.sparktron.kernels.cuda.CudaCompletion;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import java.util.concurrent.locks.LockSupport;

/** The end of a collective. Waiting for it on the host ends when the rank has to stop. */
final class NcclCompletion implements Completion {
    private static final int SPINS = 200;
    private static final long PAUSE_NANOSECONDS = 20_000;

    private final NcclCommunicator communicator;
    private final CudaCompletion end;
    private final Request request;

    NcclCompletion(NcclCommunicator communicator, CudaCompletion end, Request request) {
        this.communicator = communicator;
        this.end = end;
        this.request = request;
    }

    boolean isDone() {
        return end.isDone();
    }

    @Override
    public void before(Queue queue) {
        end.before(queue);
    }

    @Override
    public void awaitHost() {
        for (int round = 0; !end.isDone(); round++) {
            communicator.failIfStopped();
            if (round < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOSECONDS);
            }
        }
        communicator.failIfWrong();
    }

    /** Which collective, such as {@code all-reduce sum of FLOAT32 x 100}. */
    @Override
    public String toString() {
        return request.toString();
    }
}
