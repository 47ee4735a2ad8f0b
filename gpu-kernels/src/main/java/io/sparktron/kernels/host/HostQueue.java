package io.sparktron.kernels.host;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;

/** The host's queue: work is done at once, by the caller and the device's workers, so nothing is ever pending. */
public final class HostQueue implements Queue {
    private static final Completion DONE = new Completion() {
        @Override
        public void before(Queue queue) {}

        @Override
        public void awaitHost() {}
    };

    private final String name;
    private final Workers workers;

    HostQueue(String name, Workers workers) {
        this.name = name;
        this.workers = workers;
    }

    /** The queue that a host kernel was called with. */
    public static HostQueue of(Queue queue) {
        if (queue instanceof HostQueue host) {
            return host;
        }
        throw new IllegalArgumentException("queue " + queue.name() + " is a "
                + queue.getClass().getSimpleName() + "; kernels of the host take a HostQueue");
    }

    Workers workers() {
        return workers;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void write(ByteBuffer source, Tensor destination) {
        requireLength(source, destination, source.remaining() == destination.bytes());
        HostMemory memory = Elements.memory(destination);
        for (long done = 0; done < destination.bytes(); done += HostMemory.SPAN) {
            long at = destination.offset() + done;
            int length = (int) Math.min(HostMemory.SPAN, destination.bytes() - done);
            memory.window(at).put(HostMemory.inWindow(at), source, source.position() + (int) done, length);
        }
    }

    @Override
    public void read(Tensor source, ByteBuffer destination) {
        requireLength(destination, source, destination.remaining() >= source.bytes());
        HostMemory memory = Elements.memory(source);
        for (long done = 0; done < source.bytes(); done += HostMemory.SPAN) {
            long at = source.offset() + done;
            int length = (int) Math.min(HostMemory.SPAN, source.bytes() - done);
            destination.put(destination.position() + (int) done, memory.window(at), HostMemory.inWindow(at), length);
        }
    }

    @Override
    public Completion mark() {
        return DONE;
    }

    private static void requireLength(ByteBuffer buffer, Tensor tensor, boolean fits) {
        if (!fits) {
            throw new IllegalArgumentException("a buffer with " + buffer.remaining() + " bytes remaining for the "
                    + tensor.bytes() + " of " + tensor);
        }
    }
}
