package io.sparktron.kernels;

import io.sparktron.kernels.deferring.DeferringKernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.kernels.oracle.OracleKernels;
import io.sparktron.tensor.Queue;
import java.util.List;
import java.util.function.Consumer;

/** Every backend that must keep the contracts of the kernels, at several thread counts. */
public record Backends(String name, Kernels kernels, Queue queue) {
    private static final List<Backends> ALL = List.of(
            of("host, 1 thread", new HostKernels(new HostDevice(1))),
            of("host, 2 threads", new HostKernels(new HostDevice(2))),
            of("host, 3 threads", new HostKernels(new HostDevice(3))),
            of("deferring host, 2 threads", DeferringKernels.over(new HostKernels(new HostDevice(2)))));

    /** The truth that the others are compared with. */
    public static final Backends ORACLE = of("oracle", new OracleKernels(new HostDevice(1)));

    /** The argument source of parameterised classes. */
    public static List<Backends> all() {
        return ALL;
    }

    private static Backends of(String name, Kernels kernels) {
        return new Backends(name, kernels, null);
    }

    /** Runs the calls on a queue of their own, which is that of the backend they are given, and waits for their end. */
    public void run(Consumer<Backends> calls) {
        Queue fresh = kernels.device().newQueue("test");
        calls.accept(new Backends(name, kernels, fresh));
        fresh.awaitHost();
    }

    @Override
    public String toString() {
        return name;
    }
}
