package io.sparktron.kernels.deferring;

import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;

/** The kernels of a host backend, each call kept on its queue until somebody needs it done. */
public final class DeferringKernels {
    private DeferringKernels() {}

    /** Decorates a backend whose queues run at once. */
    public static Kernels over(Kernels host) {
        return new InterceptedKernels(host, new DeferringDevice(host.device()), (queue, kernel) -> {
            DeferringQueue deferring = DeferringQueue.of(queue);
            deferring.enqueue(() -> kernel.accept(deferring.host()));
        });
    }
}
