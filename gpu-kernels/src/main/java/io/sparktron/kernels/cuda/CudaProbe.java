package io.sparktron.kernels.cuda;

import com.sun.jna.ptr.IntByReference;
import jcuda.driver.CUresult;

/**
 * Whether this process can use GPUs.
 *
 * @param gpus how many it sees
 * @param reason why none, in one line; null where there are some
 */
public record CudaProbe(int gpus, String reason) {
    private static final int NO_DEVICE = 100;

    static CudaProbe run() {
        String missing = CudaLibraries.missing();
        if (missing != null) {
            return new CudaProbe(0, missing);
        }
        int result = CudaLibraries.driver("cuInit").invokeInt(new Object[] {0});
        IntByReference count = new IntByReference();
        if (result == 0) {
            result = CudaLibraries.driver("cuDeviceGetCount").invokeInt(new Object[] {count});
        }
        if (result == NO_DEVICE || result == 0 && count.getValue() == 0) {
            return new CudaProbe(0, "the driver sees no GPU; look at nvidia-smi and at CUDA_VISIBLE_DEVICES");
        }
        if (result != 0) {
            return new CudaProbe(0, "cuInit failed with " + CUresult.stringFor(result) + " (" + result + ")");
        }
        return new CudaProbe(count.getValue(), null);
    }
}
