package io.sparktron.train;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Mesh;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Puts a defect between a rank and its kernels, or its peers. */
final class Planted {
    private Planted() {}

    /** What becomes of a kernel call. */
    interface KernelDefect {
        /**
         * @param name of the kernel
         * @param arguments may be changed
         * @param kernel calls it with whatever arguments there are by then
         */
        void call(String name, Object[] arguments, Runnable kernel);
    }

    /** What becomes of a collective of a group. */
    interface PeerDefect {
        Completion start(Collective operation, Queue after, Communicator group);
    }

    static Execution inKernels(Execution on, KernelDefect defect) {
        Kernels whole = on.kernels();
        Kernels damaged = new InterceptedKernels(
                whole.device(),
                damaged(MatrixProducts.class, whole.matrix(), defect),
                damaged(Normalization.class, whole.normalization(), defect),
                damaged(Attention.class, whole.attention(), defect),
                damaged(Elementwise.class, whole.elementwise(), defect),
                damaged(Embedding.class, whole.embedding(), defect),
                damaged(CrossEntropy.class, whole.crossEntropy(), defect),
                damaged(Optimization.class, whole.optimization(), defect));
        return new Execution(damaged, on.queue(), on.mesh(), on.type());
    }

    static Execution inTensorGroup(Execution on, PeerDefect defect) {
        Mesh mesh = on.mesh();
        return with(on, new Mesh(mesh.layout(), mesh.world(), damaged(mesh.tensor(), defect), mesh.data()));
    }

    static Execution inDataGroup(Execution on, PeerDefect defect) {
        Mesh mesh = on.mesh();
        return with(on, new Mesh(mesh.layout(), mesh.world(), mesh.tensor(), damaged(mesh.data(), defect)));
    }

    private static Execution with(Execution on, Mesh mesh) {
        return new Execution(on.kernels(), on.queue(), mesh, on.type());
    }

    private static Communicator damaged(Communicator group, PeerDefect defect) {
        return (Communicator) Proxy.newProxyInstance(
                Communicator.class.getClassLoader(), new Class<?>[] {Communicator.class}, (self, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        return defect.start((Collective) arguments[0], (Queue) arguments[1], group);
                    }
                    if (method.getName().equals("run")) { // the interface's own would start past the defect
                        defect.start((Collective) arguments[0], (Queue) arguments[1], group)
                                .before((Queue) arguments[1]);
                        return null;
                    }
                    return invoke(method, group, arguments);
                });
    }

    private static <T> T damaged(Class<T> type, T kernels, KernelDefect defect) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (!(arguments[0] instanceof Queue)) {
                        return invoke(method, kernels, arguments);
                    }
                    defect.call(method.getName(), arguments, () -> invoke(method, kernels, arguments));
                    return null;
                });
        return type.cast(proxy);
    }

    private static Object invoke(Method method, Object target, Object[] arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " is not accessible", e);
        }
    }
}
