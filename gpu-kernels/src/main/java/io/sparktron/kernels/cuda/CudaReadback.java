package io.sparktron.kernels.cuda;

import io.sparktron.tensor.Readback;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Pinned memory with the event after which what was copied there can be read. */
final class CudaReadback implements Readback {
    private final CudaQueue queue;
    private final Pointer pinned = new Pointer();
    private final ByteBuffer place;
    private final CUevent copied = new CUevent();
    private boolean closed;

    CudaReadback(CudaQueue queue, int bytes) {
        this.queue = queue;
        queue.device().makeCurrent();
        CudaException.check(
                JCudaDriver.cuMemAllocHost(pinned, bytes),
                "cuMemAllocHost of " + bytes + " bytes for queue " + queue.name());
        place = pinned.getByteBuffer(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
        CudaException.check(JCudaDriver.cuEventCreate(copied, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
    }

    @Override
    public void start(Tensor source) {
        place.clear().limit((int) source.bytes());
        queue.device().makeCurrent();
        int result = JCudaDriver.cuMemcpyDtoHAsync(
                pinned, Addresses.device(source.address()), source.bytes(), queue.stream());
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(result, "cuMemcpyDtoHAsync on queue " + queue.name() + " from " + source);
        }
        queue.record(copied);
    }

    @Override
    public ByteBuffer await() {
        queue.device().makeCurrent();
        int result = JCudaDriver.cuEventSynchronize(copied);
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(result, "cuEventSynchronize of queue " + queue.name());
        }
        queue.device().waited();
        return place;
    }

    /** A copy that failed has ended. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            queue.device().makeCurrent();
            JCudaDriver.cuEventSynchronize(copied);
            JCudaDriver.cuEventDestroy(copied);
            JCudaDriver.cuMemFreeHost(pinned);
        }
    }
}
