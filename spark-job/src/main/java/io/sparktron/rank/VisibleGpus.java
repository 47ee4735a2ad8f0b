package io.sparktron.rank;

import io.sparktron.jnccl.JNCCL;
import io.sparktron.jnccl.NcclException;
import io.sparktron.kernels.cuda.CudaException;
import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.kernels.cuda.CudaGpus;
import java.util.List;

/** The GPUs of a machine whose ranks share them without anybody's help. */
public final class VisibleGpus {
    private VisibleGpus() {}

    /** All that CUDA shows to this process, looked for only where somebody wants them. */
    public static GpuOffer offer(GpuUse use) {
        if (use == GpuUse.NEVER) {
            return new GpuOffer.None("device.kind = host");
        }
        try {
            List<CudaGpu> gpus = CudaGpus.visible();
            JNCCL.ncclGetVersion(new int[1]);
            return new GpuOffer.Shared(gpus);
        } catch (CudaException | NcclException e) {
            return new GpuOffer.None(e.getMessage());
        }
    }
}
