package io.sparktron.rank;

import io.sparktron.kernels.cuda.CudaGpu;
import java.io.Serializable;
import java.util.List;

/** The GPUs that a rank might compute on where it runs, as it sees them before it knows its number. */
public sealed interface GpuOffer extends Serializable {
    /** One that somebody set aside for this rank. */
    record Given(CudaGpu gpu) implements GpuOffer {}

    /** All of a machine, from which the ranks there take in turn. */
    record Shared(List<CudaGpu> gpus) implements GpuOffer {}

    /**
     * None.
     *
     * @param reason in one line, with what to install or set
     */
    record None(String reason) implements GpuOffer {}
}
