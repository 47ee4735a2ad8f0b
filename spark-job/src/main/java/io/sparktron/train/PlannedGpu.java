package io.sparktron.train;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.kernels.cuda.AttentionShapes;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Queue;
import java.lang.reflect.Proxy;

/** A GPU that nobody has yet, of the kind that the kernels are written for: memory is planned on the driver, where there is none. */
final class PlannedGpu implements Device {
    /** As that of a CudaDevice. */
    private static final int VOCABULARY_ALIGNMENT = 64;

    /** Of a GPU with CUDA's headers beside it: the shapes that its kernels need. */
    static Kernels kernels(Device device, DType type) {
        return new Shapes(device, new PlannedAttention(new AttentionShapes(type)));
    }

    @Override
    public String description() {
        return "a GPU to plan for";
    }

    @Override
    public Allocator allocator() {
        return DryRun.VIRTUAL;
    }

    @Override
    public Queue newQueue(String name) {
        return DryRun.QUEUE;
    }

    @Override
    public int vocabularyAlignment() {
        return VOCABULARY_ALIGNMENT;
    }

    @Override
    public void close() {}

    private record Shapes(Device device, Attention attention) implements Kernels {
        @Override
        public MatrixProducts matrix() {
            return silent(MatrixProducts.class);
        }

        @Override
        public Normalization normalization() {
            return silent(Normalization.class);
        }

        @Override
        public Elementwise elementwise() {
            return silent(Elementwise.class);
        }

        @Override
        public Embedding embedding() {
            return silent(Embedding.class);
        }

        @Override
        public CrossEntropy crossEntropy() {
            return silent(CrossEntropy.class);
        }

        @Override
        public Optimization optimization() {
            return silent(Optimization.class);
        }

        /** Kernels that do nothing: a dry run calls none. */
        private static <T> T silent(Class<T> kernels) {
            return kernels.cast(Proxy.newProxyInstance(
                    kernels.getClassLoader(), new Class<?>[] {kernels}, (self, method, arguments) -> null));
        }
    }
}
