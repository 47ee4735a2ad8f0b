package io.sparktron.kernels.cuda;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * A point of a queue: an event. It goes back to the device when this object is no longer reachable, which Java may find while a method of it still runs: so each keeps it until the driver has
 * answered.
 */
public final class CudaCompletion implements Completion {
    private static final Cleaner CLEANER = Cleaner.create();

    private final CudaQueue queue;
    private final CUevent event;

    CudaCompletion(CudaQueue queue, CudaEvents events) {
        queue.device().makeCurrent();
        CUevent taken = events.take();
        queue.record(taken);
        this.queue = queue;
        this.event = taken;
        CLEANER.register(this, () -> events.giveBack(taken));
    }

    @Override
    public void before(Queue later) {
        CudaQueue other = CudaQueue.of(later);
        if (other == queue) {
            return; // a queue follows itself
        }
        try {
            other.waitFor(event, queue);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Whether the work before it is done; does not wait. */
    public boolean isDone() {
        queue.device().makeCurrent();
        try {
            int result = JCudaDriver.cuEventQuery(event);
            if (result != CUresult.CUDA_SUCCESS && result != CUresult.CUDA_ERROR_NOT_READY) {
                throw CudaException.of(result, "cuEventQuery of queue " + queue.name());
            }
            return result == CUresult.CUDA_SUCCESS;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void awaitHost() {
        queue.device().makeCurrent();
        try {
            int result = JCudaDriver.cuEventSynchronize(event);
            if (result != CUresult.CUDA_SUCCESS) {
                throw CudaException.of(result, "cuEventSynchronize of queue " + queue.name());
            }
        } finally {
            Reference.reachabilityFence(this);
        }
        queue.device().waited();
    }
}
