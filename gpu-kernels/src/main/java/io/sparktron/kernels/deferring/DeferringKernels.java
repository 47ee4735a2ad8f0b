package io.sparktron.kernels.deferring;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Queue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** The kernels of a host backend, each call kept on its queue until somebody needs it done. */
public record DeferringKernels(
        Device device,
        MatrixProducts matrix,
        Normalization normalization,
        Attention attention,
        Elementwise elementwise,
        Embedding embedding,
        CrossEntropy crossEntropy,
        Optimization optimization)
        implements Kernels {

    /** Decorates a backend whose queues run at once. */
    public DeferringKernels(Kernels host) {
        this(
                new DeferringDevice(host.device()),
                defer(MatrixProducts.class, host.matrix()),
                defer(Normalization.class, host.normalization()),
                defer(Attention.class, host.attention()),
                defer(Elementwise.class, host.elementwise()),
                defer(Embedding.class, host.embedding()),
                defer(CrossEntropy.class, host.crossEntropy()),
                defer(Optimization.class, host.optimization()));
    }

    /** Every method whose first argument is a queue is enqueued there; the others (shapes) are answered at once. */
    private static <T> T defer(Class<T> kernels, T host) {
        Object proxy = Proxy.newProxyInstance(
                kernels.getClassLoader(), new Class<?>[] {kernels}, (self, method, arguments) -> {
                    if (arguments == null || !(arguments[0] instanceof Queue first)) {
                        return invoke(method, host, arguments);
                    }
                    DeferringQueue queue = DeferringQueue.of(first);
                    Object[] onHost = arguments.clone();
                    onHost[0] = queue.host();
                    queue.enqueue(() -> invoke(method, host, onHost));
                    return null;
                });
        return kernels.cast(proxy);
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
            throw new IllegalStateException(method + " of a public interface is not accessible", e);
        }
    }
}
