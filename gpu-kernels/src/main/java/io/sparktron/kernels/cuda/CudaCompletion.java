package io.sparktron.kernels.cuda;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import java.lang.ref.Cleaner;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A point of a queue: an event. It goes back to the device when this object is no longer reachable. */
public final class CudaCompletion implements Completion {
    private static final Cleaner CLEANER = Cleaner.create();

    private final CudaQueue queue;
    private final CUevent event;

    CudaCompletion(CudaQueue queue, CudaEvents events) {
        queue.device().makeCurrent();
        CUevent taken = events.take();
        CudaException.check(JCudaDriver.cuEventRecord(taken, queue.stream()), "cuEventRecord on queue " + queue.name());
        this.queue = queue;
        this.event = taken;
        CLEANER.register(this, () -> events.giveBack(taken));
    }

    @Override
    public void before(Queue later) {
        CudaQueue other = CudaQueue.of(later);
        other.device().makeCurrent();
        CudaException.check(
                JCudaDriver.cuStreamWaitEvent(other.stream(), event, 0),
                "cuStreamWaitEvent of queue " + later.name() + " for " + queue.name());
    }

    /** Whether the work before it is done; does not wait. */
    public boolean isDone() {
        queue.device().makeCurrent();
        int result = JCudaDriver.cuEventQuery(event);
        if (result != CUresult.CUDA_ERROR_NOT_READY) {
            CudaException.check(result, "cuEventQuery of queue " + queue.name());
        }
        return result == CUresult.CUDA_SUCCESS;
    }

    @Override
    public void awaitHost() {
        queue.device().makeCurrent();
        CudaException.check(JCudaDriver.cuEventSynchronize(event), "cuEventSynchronize of queue " + queue.name());
        queue.device().waited();
    }
}
