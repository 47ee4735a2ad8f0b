package io.sparktron.rank;

import io.sparktron.kernels.cuda.CudaException;
import io.sparktron.kernels.cuda.CudaGpus;

/** The GPUs of a machine whose ranks share them without anybody's help. */
public final class VisibleGpus {
    private VisibleGpus() {}

    /** All that CUDA shows to this process, looked for only where somebody wants them. */
    public static GpuOffer offer(GpuUse use) {
        if (use == GpuUse.NEVER) {
            return new GpuOffer.None("device.kind = host");
        }
        try {
            return new GpuOffer.Shared(CudaGpus.visible());
        } catch (CudaException e) {
            return new GpuOffer.None(e.getMessage());
        }
    }
}
