package io.sparktron.kernels.cuda;

import io.sparktron.tensor.Memory;
import jcuda.driver.JCudaDriver;

/** Memory of a GPU. */
public final class CudaMemory implements Memory {
    private final CudaDevice device;
    private final String purpose;
    private final long address;
    private final long bytes;
    private boolean closed;

    CudaMemory(CudaDevice device, String purpose, long address, long bytes) {
        this.device = device;
        this.purpose = purpose;
        this.address = address;
        this.bytes = bytes;
    }

    public CudaDevice device() {
        return device;
    }

    @Override
    public String purpose() {
        return purpose;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long address() {
        return address;
    }

    /** Waits for the work that was enqueued before, then frees it. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            device.makeCurrent();
            CudaException.check(JCudaDriver.cuMemFree(Addresses.device(address)), "cuMemFree of " + purpose);
        }
    }

    @Override
    public String toString() {
        return purpose + ", " + bytes + " bytes of " + device.name();
    }
}
