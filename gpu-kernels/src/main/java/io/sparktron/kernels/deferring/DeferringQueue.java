package io.sparktron.kernels.deferring;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Readback;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;

/** A queue that runs as much of its work as is demanded, when it is demanded. */
final class DeferringQueue implements Queue {
    private final Queue host;
    private final Backlog backlog = new Backlog();

    DeferringQueue(Queue host) {
        this.host = host;
    }

    /** The deferring queue that a deferring kernel or collective was called with. */
    static DeferringQueue of(Queue queue) {
        if (queue instanceof DeferringQueue deferring) {
            return deferring;
        }
        throw new IllegalArgumentException("queue " + queue.name() + " is a "
                + queue.getClass().getSimpleName() + "; a deferring backend takes queues of its own device");
    }

    /** The queue on which the work runs when it runs. */
    Queue host() {
        return host;
    }

    void enqueue(Runnable work) {
        backlog.add(work);
    }

    @Override
    public String name() {
        return host.name();
    }

    @Override
    public void write(ByteBuffer source, Tensor destination) {
        ByteBuffer copy =
                ByteBuffer.allocate(source.remaining()).put(source.duplicate()).flip();
        enqueue(() -> host.write(copy, destination));
    }

    @Override
    public void read(Tensor source, ByteBuffer destination) {
        awaitHost();
        host.read(source, destination);
    }

    @Override
    public Completion mark() {
        return backlog.end();
    }

    @Override
    public Readback newReadback(int bytes) {
        return new DeferringReadback(this, host.newReadback(bytes));
    }
}
