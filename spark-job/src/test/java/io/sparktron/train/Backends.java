package io.sparktron.train;

import io.sparktron.collective.Communicator;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.deferring.DeferringCommunicator;
import io.sparktron.kernels.deferring.DeferringKernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;

/** The backends that every test of numbers runs through. */
public enum Backends {
    PLAIN {
        @Override
        public Execution execution(Layout layout, Communicator world) {
            Kernels kernels = new HostKernels(new HostDevice(1));
            return new Execution(kernels, kernels.device().newQueue("compute"), Mesh.of(layout, world));
        }
    },
    DEFERRING {
        @Override
        public Execution execution(Layout layout, Communicator world) {
            Kernels kernels = DeferringKernels.over(new HostKernels(new HostDevice(1)));
            return new Execution(
                    kernels, kernels.device().newQueue("compute"), Mesh.of(layout, new DeferringCommunicator(world)));
        }
    };

    /** One rank's execution; its groups live as long as {@code world}. */
    public abstract Execution execution(Layout layout, Communicator world);
}
