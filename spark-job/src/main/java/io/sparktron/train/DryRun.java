package io.sparktron.train;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;

/** A device, peers and memory that are not there: the model's own code runs on them and only its frame tells how high it came. */
final class DryRun {
    /** Address space that nobody touches. */
    static final Allocator VIRTUAL = VirtualMemory::new;

    private DryRun() {}

    /** Rank 0 of a layout: kernels only check that they are called on a queue, shapes are those of {@code real}. */
    static Execution execution(Kernels real, Layout layout) {
        Mesh mesh =
                new Mesh(layout, new NoPeers(layout.ranks()), new NoPeers(layout.tensor()), new NoPeers(layout.data()));
        return new Execution(new NoKernels(real), new NoQueue(), mesh);
    }

    private record VirtualMemory(String purpose, long wanted) implements Memory {
        @Override
        public long bytes() {
            return wanted;
        }

        @Override
        public long address() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private enum Done implements Completion {
        DONE;

        @Override
        public void before(Queue queue) {}

        @Override
        public void awaitHost() {}
    }

    private record NoQueue() implements Queue {
        @Override
        public String name() {
            return "dry run";
        }

        @Override
        public void write(ByteBuffer source, Tensor destination) {}

        @Override
        public void read(Tensor source, ByteBuffer destination) {
            throw new UnsupportedOperationException("a dry run has no values to read");
        }

        @Override
        public Completion mark() {
            return Done.DONE;
        }
    }

    private record NoPeers(int size) implements Communicator {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public Completion start(Collective operation, Queue after) {
            return Done.DONE;
        }

        @Override
        public Communicator split(String name, int color) {
            throw new UnsupportedOperationException("a dry run has its groups already");
        }

        @Override
        public Allocator allocator() {
            return VIRTUAL;
        }

        @Override
        public void abort(String cause) {}

        @Override
        public void close() {}
    }

    private record NoKernels(
            Device device,
            MatrixProducts matrix,
            Normalization normalization,
            Attention attention,
            Elementwise elementwise,
            Embedding embedding,
            CrossEntropy crossEntropy,
            Optimization optimization)
            implements Kernels {

        NoKernels(Kernels real) {
            this(
                    real.device(),
                    none(MatrixProducts.class, real.matrix()),
                    none(Normalization.class, real.normalization()),
                    none(Attention.class, real.attention()),
                    none(Elementwise.class, real.elementwise()),
                    none(Embedding.class, real.embedding()),
                    none(CrossEntropy.class, real.crossEntropy()),
                    none(Optimization.class, real.optimization()));
        }

        /** Methods that enqueue do nothing; the others, which answer with shapes, are asked of {@code real}. */
        private static <T> T none(Class<T> kernels, T real) {
            return kernels.cast(Proxy.newProxyInstance(
                    kernels.getClassLoader(), new Class<?>[] {kernels}, (self, method, arguments) -> {
                        if (arguments != null && arguments[0] instanceof Queue) {
                            return null;
                        }
                        try {
                            return method.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }
}
