package io.sparktron.kernels;

import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.cuda.CudaKernels;
import io.sparktron.kernels.deferring.DeferringKernels;
import io.sparktron.kernels.host.Elements;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.kernels.host.WidenedKernels;
import io.sparktron.kernels.oracle.OracleKernels;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Every backend that must keep the contracts of the kernels, at several thread counts.
 *
 * @param type of activations and weights; statistics and the gradients of weights are FLOAT32 always
 */
public record Backends(String name, Kernels kernels, DType type, Queue queue) {
    private static final List<Backends> ALL = List.of(
            of("host, 1 thread", new HostKernels(new HostDevice(1))),
            of("host, 2 threads", new HostKernels(new HostDevice(2))),
            of("host, 3 threads", new HostKernels(new HostDevice(3))),
            of("deferring host, 2 threads", DeferringKernels.over(new HostKernels(new HostDevice(2)))));

    private static final List<Backends> HALVES = List.of(
            of("host", WidenedKernels.over(new HostKernels(new HostDevice(2))), DType.BFLOAT16),
            of("host", WidenedKernels.over(new HostKernels(new HostDevice(2))), DType.FLOAT16));

    /** Whether the build made the doubles of NVIDIA's libraries; its last line says so where it could not. */
    private static final boolean PRETENDED = Files.exists(Path.of("target", "doubles", "lib", "libcuda.so.1"));

    /** One pretended GPU, opened when the first class asks for it, in all types, with tensors on and off the boundaries of vectors. */
    private static final class Cuda {
        private static final CudaDevice DEVICE = CudaDevice.open(0);

        static final List<Backends> ALL = List.of(
                on(DType.FLOAT32, 0),
                on(DType.BFLOAT16, 0),
                on(DType.FLOAT16, 0),
                on(DType.FLOAT32, 1),
                on(DType.BFLOAT16, 1),
                on(DType.FLOAT16, 1));

        static final List<Backends> FLOATS = List.of(ALL.get(0), ALL.get(3));

        /** A device keeps its streams: one for all calls of a backend. */
        private static Backends on(DType type, int shift) {
            Kernels kernels = StagedKernels.over(new CudaKernels(DEVICE, type), shift);
            return new Backends(
                    "cuda, " + type + ", " + shift + " elements off", kernels, type, DEVICE.newQueue("tests"));
        }
    }

    /** The truth that the others are compared with; it takes all types. */
    public static final Backends ORACLE = of("oracle", new OracleKernels(new HostDevice(1)));

    /** That of tests about processors alone; the first has one thread. */
    static List<Backends> hosts() {
        return ALL;
    }

    /** The argument source of parameterised classes whose tensors are FLOAT32. */
    public static List<Backends> all() {
        return Stream.of(ALL, PRETENDED ? Cuda.FLOATS : List.<Backends>of())
                .flatMap(List::stream)
                .toList();
    }

    /** That of classes whose tensors are of the backend's type. */
    public static List<Backends> ofAllTypes() {
        return Stream.of(ALL, HALVES, PRETENDED ? Cuda.ALL : List.<Backends>of())
                .flatMap(List::stream)
                .toList();
    }

    private static Backends of(String name, Kernels kernels) {
        return new Backends(name, kernels, DType.FLOAT32, null);
    }

    private static Backends of(String name, Kernels kernels, DType type) {
        return new Backends(name + ", " + type, kernels, type, null);
    }

    /** Runs the calls on a queue, which is that of the backend they are given, and waits for their end. */
    public void run(Consumer<Backends> calls) {
        Queue fresh = queue == null ? kernels.device().newQueue("test") : queue;
        calls.accept(new Backends(name, kernels, type, fresh));
        fresh.awaitHost();
    }

    /** A tensor of the backend's type. */
    public Tensor zeros(long... extents) {
        return Tensors.zeros(type, extents);
    }

    /** Numbers rounded to the backend's type: a copy, or the tensor itself if there is nothing to round. */
    public Tensor round(Tensor wide) {
        if (type == DType.FLOAT32) {
            return wide;
        }
        Tensor rounded = zeros(wide.shape().toArray());
        for (long i = 0; i < wide.elements(); i++) {
            Elements.set(rounded, i, Elements.get(wide, i));
        }
        return rounded;
    }

    @Override
    public String toString() {
        return name;
    }
}
