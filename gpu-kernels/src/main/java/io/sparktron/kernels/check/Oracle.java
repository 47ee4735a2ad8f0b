package io.sparktron.kernels.check;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.oracle.OracleKernels;
import io.sparktron.tensor.Queue;

/** The truth, and what computes magnitudes: without threads and without memory of its own. */
final class Oracle {
    static final Kernels KERNELS = new OracleKernels(new HostDevice(1));
    static final Queue QUEUE = KERNELS.device().newQueue("oracle");

    private Oracle() {}
}
