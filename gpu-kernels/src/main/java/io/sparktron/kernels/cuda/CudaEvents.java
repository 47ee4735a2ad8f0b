package io.sparktron.kernels.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/** Events of a device, used again once nobody can wait for them any more. */
final class CudaEvents {
    private final CudaDevice device;
    private final Deque<CUevent> free = new ArrayDeque<>();
    private int made;
    private boolean closed;

    CudaEvents(CudaDevice device) {
        this.device = device;
    }

    /** The device's context is current. */
    synchronized CUevent take() {
        CUevent event = free.poll();
        if (event == null) {
            event = new CUevent();
            made++;
            CudaException.check(
                    JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
        }
        return event;
    }

    /** So many there have been. */
    synchronized int made() {
        return made;
    }

    synchronized void giveBack(CUevent event) {
        if (!closed) {
            free.push(event);
        }
    }

    synchronized void close() {
        closed = true;
        device.makeCurrent();
        free.forEach(JCudaDriver::cuEventDestroy);
        free.clear();
    }
}
