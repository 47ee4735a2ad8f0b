package io.sparktron.kernels.deferring;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;

/**
 * A communicator that puts off every collective until its completion is awaited or a queue ordered behind it runs; then it runs,
 * and all earlier ones of this communicator before it, each after what its queue held when it was started.
 *
 * <p>Why this cannot deadlock: what is demanded, and when, follows from the rank's own program and never from time. Ranks that run the
 * same program therefore run the same sequence of collectives, over all their communicators. At any moment, the rank that has come least far in this
 * sequence waits only for peers that have come at least as far, which is to say for none. A program in which only some ranks
 * await a completion or read a tensor in the middle of a step does not have this property; the transport's time limit then ends the wait.
 */
public final class DeferringCommunicator implements Communicator {
    private final Communicator host;
    private final Backlog backlog = new Backlog();

    public DeferringCommunicator(Communicator host) {
        this.host = host;
    }

    @Override
    public int rank() {
        return host.rank();
    }

    @Override
    public int size() {
        return host.size();
    }

    @Override
    public Completion start(Collective operation, Queue after) {
        DeferringQueue queue = DeferringQueue.of(after);
        Completion operands = queue.mark();
        backlog.add(() -> {
            operands.awaitHost();
            host.start(operation, queue.host()).awaitHost();
        });
        return backlog.end();
    }

    /** Runs what is pending, because all ranks meet here; the new group defers too. */
    @Override
    public Communicator split(String name, int color) {
        backlog.end().awaitHost();
        return new DeferringCommunicator(host.split(name, color));
    }

    @Override
    public Allocator allocator() {
        return host.allocator();
    }

    @Override
    public void progress() {
        host.progress();
    }

    @Override
    public long progressed() {
        return host.progressed();
    }

    @Override
    public long progressedOfAll() {
        return host.progressedOfAll();
    }

    @Override
    public String failure(String waitsIn, boolean left) {
        return host.failure(waitsIn, left);
    }

    @Override
    public void abort(String cause) {
        host.abort(cause);
    }

    /** What nobody has awaited by now never runs. */
    @Override
    public void close() {
        host.close();
    }
}
