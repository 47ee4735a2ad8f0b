package io.sparktron.kernels.cuda;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/** Addresses as the numbers that they are, which JCuda's objects hide. */
final class Addresses {
    private Addresses() {}

    /** A device address. */
    static CUdeviceptr device(long address) {
        return new CUdeviceptr().withByteOffset(address);
    }

    /** An address of the host or, as cuBLAS takes it, of the device. */
    static Pointer pointer(long address) {
        return new Pointer().withByteOffset(address);
    }

    /** A device pointer that tells its address. */
    static final class Readable extends CUdeviceptr {
        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** A pointer to the host's memory that tells its address. */
    static final class ReadableHost extends Pointer {
        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** A stream that tells its handle. */
    static final class ReadableStream extends CUstream {
        long handle() {
            return getNativePointer();
        }
    }
}
