package io.sparktron.train;

import io.sparktron.collective.Communicator;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.deferring.DeferringCommunicator;
import io.sparktron.kernels.deferring.DeferringKernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.kernels.host.WidenedKernels;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.tensor.DType;

/** The backends that every test of numbers runs through. */
public enum Backends {
    PLAIN {
        @Override
        public Execution execution(Layout layout, Communicator world, DType type) {
            Kernels kernels = host(type);
            return new Execution(kernels, kernels.device().newQueue("compute"), Mesh.of(layout, world), type);
        }
    },
    DEFERRING {
        @Override
        public Execution execution(Layout layout, Communicator world, DType type) {
            Kernels kernels = DeferringKernels.over(host(type));
            return new Execution(
                    kernels,
                    kernels.device().newQueue("compute"),
                    Mesh.of(layout, new DeferringCommunicator(world)),
                    type);
        }
    };

    /** One rank's execution in float32; its groups live as long as {@code world}. */
    public Execution execution(Layout layout, Communicator world) {
        return execution(layout, world, DType.FLOAT32);
    }

    /** One rank's execution; its groups live as long as {@code world}. */
    public abstract Execution execution(Layout layout, Communicator world, DType type);

    private static Kernels host(DType type) {
        Kernels float32 = new HostKernels(new HostDevice(1));
        return type == DType.FLOAT32 ? float32 : WidenedKernels.over(float32);
    }
}
