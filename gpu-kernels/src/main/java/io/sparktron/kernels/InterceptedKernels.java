package io.sparktron.kernels;

import io.sparktron.tensor.Device;
import io.sparktron.tensor.Queue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The kernels of another backend with somebody between caller and kernel. This is what it is good for that every method whose first argument is a queue
 * only enqueues and returns nothing; the others answer with shapes and are passed on.
 */
public record InterceptedKernels(
        Device device,
        MatrixProducts matrix,
        Normalization normalization,
        Attention attention,
        Elementwise elementwise,
        Embedding embedding,
        CrossEntropy crossEntropy,
        Optimization optimization)
        implements Kernels {

    /** Decides whether, when and on which queue a kernel is called. */
    @FunctionalInterface
    public interface Interceptor {
        /**
         * @param queue that the caller gave
         * @param kernel the call with all its other arguments, for the queue that it is given
         */
        void enqueue(Queue queue, Call kernel);
    }

    /** A call of a kernel with all its arguments but the queue. */
    public interface Call extends Consumer<Queue> {
        /** The method's name. */
        String name();

        /** What follows the queue; a copy. */
        Object[] arguments();

        /** The call with other arguments. */
        void accept(Queue queue, Object[] others);
    }

    private record MethodCall(Method method, Object target, Object[] all) implements Call {
        @Override
        public String name() {
            return method.getName();
        }

        @Override
        public Object[] arguments() {
            return Arrays.copyOfRange(all, 1, all.length);
        }

        @Override
        public void accept(Queue queue, Object[] others) {
            Object[] changed = new Object[all.length];
            changed[0] = queue;
            System.arraycopy(others, 0, changed, 1, others.length);
            invoke(method, target, changed);
        }

        @Override
        public void accept(Queue queue) {
            if (queue == all[0]) {
                invoke(method, target, all);
            } else {
                Object[] changed = all.clone();
                changed[0] = queue;
                invoke(method, target, changed);
            }
        }
    }

    /**
     * @param device whose queues the callers use
     */
    public InterceptedKernels(Kernels kernels, Device device, Interceptor interceptor) {
        this(
                device,
                intercept(MatrixProducts.class, kernels.matrix(), interceptor),
                intercept(Normalization.class, kernels.normalization(), interceptor),
                intercept(Attention.class, kernels.attention(), interceptor),
                intercept(Elementwise.class, kernels.elementwise(), interceptor),
                intercept(Embedding.class, kernels.embedding(), interceptor),
                intercept(CrossEntropy.class, kernels.crossEntropy(), interceptor),
                intercept(Optimization.class, kernels.optimization(), interceptor));
    }

    private static <T> T intercept(Class<T> type, T kernels, Interceptor interceptor) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (arguments == null || !(arguments[0] instanceof Queue queue)) {
                        return invoke(method, kernels, arguments);
                    }
                    interceptor.enqueue(queue, new MethodCall(method, kernels, arguments));
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
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " of a public interface is not accessible", e);
        }
    }
}
