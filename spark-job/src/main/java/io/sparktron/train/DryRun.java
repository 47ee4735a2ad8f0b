package io.sparktron.train;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A device, peers and memory that are not there: the model's own code runs on them and only its frame tells how high it came. */
final class DryRun {
    /** Address space that nobody touches. */
    static final Allocator VIRTUAL = VirtualMemory::new;

    /** On which nothing runs. */
    static final Queue QUEUE = new NoQueue();

    private DryRun() {}

    /** Rank 0 of a layout: kernels do nothing, the shapes they need are those of {@code real}. */
    static Execution execution(Kernels real, Layout layout, DType type) {
        return execution(real, layout, type, operation -> {}, operation -> {});
    }

    /** The same, telling what kernels would be called. */
    static Execution execution(Kernels real, Layout layout, DType type, Consumer<InterceptedKernels.Call> called) {
        Execution silent = execution(real, layout, type);
        Kernels telling = new InterceptedKernels(real, real.device(), (queue, kernel) -> called.accept(kernel));
        return new Execution(telling, silent.queue(), silent.mesh(), type);
    }

    /**
     * The same, telling what would be started.
     *
     * @param tensor receives the collectives of the tensor group
     * @param data receives those of the data group
     */
    static Execution execution(
            Kernels real, Layout layout, DType type, Consumer<Collective> tensor, Consumer<Collective> data) {
        Mesh mesh = new Mesh(
                layout,
                new NoPeers(layout.ranks(), operation -> {}),
                new NoPeers(layout.tensor(), tensor),
                new NoPeers(layout.data(), data));
        return new Execution(new InterceptedKernels(real, real.device(), (queue, kernel) -> {}), QUEUE, mesh, type);
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

    private record NoPeers(int size, Consumer<Collective> started) implements Communicator {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public Completion start(Collective operation, Queue after) {
            started.accept(operation);
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
        public void progress() {}

        @Override
        public long progressed() {
            return 0;
        }

        @Override
        public void abort(String cause) {}

        @Override
        public void close() {}
    }
}
