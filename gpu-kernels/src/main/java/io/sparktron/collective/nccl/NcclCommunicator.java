package io.sparktron.collective.nccl;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.CommunicatorException;
import io.sparktron.collective.Request;
import io.sparktron.jnccl.ncclUniqueId;
import io.sparktron.kernels.cuda.CudaCompletion;
import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.cuda.CudaMemory;
import io.sparktron.kernels.cuda.CudaQueue;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Collectives between GPUs, one rank a GPU. Each communicator has a stream of its own: a collective starts there after what its queue held, and whoever waits for it
 * waits for an event. Communicators of a rank overlap where NCCL allows it (from 2.26 on, with {@code NCCL_LAUNCH_ORDER_IMPLICIT=1}, which is set unless it is set
 * otherwise); else each collective starts after the one that the rank started before.
 *
 * <p>Tensors lie on the rank's GPU. A group of one rank needs no NCCL: what it copies, it copies on the queue that it is given.
 *
 * <p>What goes wrong ends all groups of all ranks, as it does on the host: an error of NCCL, a peer that died, left or aborted, or a collective that is pending while nobody
 * makes progress. A rank finds out within a fraction of a second, whatever its threads do.
 */
public final class NcclCommunicator implements Communicator {
    private final NcclRank shared;
    private final Communicator host;
    private final CudaQueue queue; // null in a group of one rank, as are group and token
    private final NcclGroup group;
    private final Tensor token;
    private final Deque<NcclCompletion> pending = new ArrayDeque<>();
    private CudaCompletion last;
    /** What this rank's thread asks of NCCL just now, which may have to wait for the peers; null for nothing. */
    private volatile Object calling;

    private long completed;
    private boolean closed;

    private NcclCommunicator(NcclRank shared, Communicator host) {
        this.shared = shared;
        this.host = host;
        this.queue = host.size() == 1 ? null : CudaQueue.of(shared.device().newQueue("collectives"));
        this.group = host.size() == 1 ? null : new NcclGroup(shared);
        this.token = group == null
                ? null
                : new Tensor(
                        shared.device().allocator().allocate("token of a barrier", Integer.BYTES),
                        0,
                        DType.INT32,
                        Shape.of(1));
        shared.add(this);
    }

    /** One whose ranks are connected. */
    private static NcclCommunicator connected(NcclRank shared, Communicator host) {
        NcclCommunicator communicator = new NcclCommunicator(shared, host);
        try {
            communicator.connect();
            return communicator;
        } catch (RuntimeException e) {
            communicator.close();
            throw e;
        }
    }

    /**
     * The communicator of the same ranks' GPUs; all of them call it.
     *
     * @param host of the ranks' hosts; it stays the caller's and is closed after this one
     * @param device this rank's; no other rank has the same
     * @throws CommunicatorException on all ranks: two of them share a GPU, one cannot be reached, or {@code libnccl.so.2} is missing or too old
     */
    public static NcclCommunicator open(Communicator host, CudaDevice device, NcclSettings settings) {
        boolean overlap;
        try {
            overlap = host.size() > 1 && NcclEnvironment.prepare(settings);
        } catch (RuntimeException e) {
            host.abort(e.getMessage());
            throw e;
        }
        return connected(new NcclRank(host, device, settings, overlap), host);
    }

    private void connect() {
        if (group == null) {
            return;
        }
        try {
            shared.device().makeCurrent();
            ncclUniqueId id = NcclIds.exchange(host, shared.hostQueue());
            calling = "connecting with its GPUs";
            group.open(host.size(), id, host.rank());
            calling = null;
        } catch (CommunicatorException e) {
            throw failed(e);
        }
    }

    private CommunicatorException failed(CommunicatorException e) {
        shared.failIfStopped();
        return shared.fail(host, e.getMessage());
    }

    Communicator host() {
        return host;
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
        Request request = checked(operation, after);
        NcclCompletion completion;
        if (group == null) {
            completion = new NcclCompletion(this, copied(operation, after).mark(), request);
        } else {
            enqueue(operation, request, after);
            completion = enqueued(request);
        }
        host.progress();
        return completion;
    }

    @Override
    public void run(Collective operation, Queue after) {
        if (group == null) {
            checked(operation, after);
            copied(operation, after);
            host.progress();
        } else {
            Communicator.super.run(operation, after);
        }
    }

    private Request checked(Collective operation, Queue after) {
        failIfStopped();
        try {
            requireGpu(after);
            Request request = Request.of(operation, size());
            requireDevice(request.exposed());
            return request;
        } catch (IllegalArgumentException e) {
            shared.fail(host, "failed: " + e);
            throw e;
        }
    }

    private static void requireGpu(Queue after) {
        if (!(after instanceof CudaQueue)) {
            throw new IllegalArgumentException("queue " + after.name() + " is a "
                    + after.getClass().getSimpleName() + "; collectives of GPUs take a CudaQueue");
        }
    }

    /** Enqueues what a collective of one rank does. */
    private CudaQueue copied(Collective operation, Queue after) {
        CudaQueue here = CudaQueue.of(after);
        shared.device().makeCurrent();
        LocalCopies.enqueue(operation, here.stream());
        return here;
    }

    private void enqueue(Collective operation, Request request, Queue after) {
        after.letFollow(queue);
        shared.order(this, queue);
        try {
            calling = request;
            group.run(request, comm -> NcclCalls.enqueue(operation, token, comm, queue.handle()));
            calling = null;
        } catch (CommunicatorException e) {
            throw failed(e);
        }
    }

    private synchronized NcclCompletion enqueued(Request request) {
        last = queue.mark();
        NcclCompletion completion = new NcclCompletion(this, last, request);
        pending.add(completion);
        return completion;
    }

    private void requireDevice(Tensor tensor) {
        if (tensor != null && !(tensor.memory() instanceof CudaMemory memory && memory.device() == shared.device())) {
            throw new IllegalArgumentException(
                    tensor + " is not on " + shared.device().name() + ", which is that of its queue");
        }
    }

    /** Nothing that {@code other} gets from now on starts before what was started here is done. */
    synchronized void orderBefore(CudaQueue other) {
        if (last != null) {
            last.before(other);
        }
    }

    void failIfStopped() {
        shared.failIfStopped();
        if (closed) {
            throw new CommunicatorException("rank " + rank() + " has left this group of GPUs");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw shared.fail(host, "was interrupted");
        }
    }

    /** Fails if a collective was not done although the work on the device has ended. */
    void failIfWrong() {
        shared.failIfStopped();
        if (group != null) {
            try {
                group.state(suspect());
            } catch (CommunicatorException e) {
                throw failed(e);
            }
        }
    }

    /**
     * What the watchdog sees of a group.
     *
     * @param waitsIn what this rank waits for there, or null
     * @param error what NCCL reports, with the collective that met it; or null
     * @param known whether NCCL was asked; not while the rank's thread is in a call
     */
    record Look(Object waitsIn, String error, boolean known) {}

    /** Does not wait for a call that the rank's thread is in. */
    Look look() {
        Object suspect = suspect();
        Object waitsIn = waitsIn(); // before NCCL is asked: a collective that has failed waits no more
        try {
            return new Look(waitsIn, null, group == null || group.glance(suspect));
        } catch (CommunicatorException e) {
            return new Look(waitsIn, e.getMessage(), true);
        }
    }

    /** The collective that was pending longest when somebody looked last; it may be the one that has failed since. */
    private synchronized Object suspect() {
        return pending.isEmpty() ? "a collective" : pending.peek();
    }

    /** What this rank waits for in this group, such as {@code all-reduce sum of FLOAT32 x 100}; null for nothing. */
    private Object waitsIn() {
        Object oldest = oldest();
        return oldest == null ? calling : oldest;
    }

    /** The collective that is pending longest, or null. */
    private synchronized NcclCompletion oldest() {
        while (!pending.isEmpty() && pending.peek().isDone()) {
            pending.remove();
            completed++;
        }
        return pending.peek();
    }

    /** Collectives that are known to be done. */
    synchronized long completed() {
        return completed;
    }

    @Override
    public Communicator split(String name, int color) {
        failIfStopped();
        return connected(shared, host.split(name, color));
    }

    /** Memory of the GPU. */
    @Override
    public Allocator allocator() {
        return shared.device().allocator();
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
        shared.fail(host, cause);
    }

    /** Ends what this communicator does, without the peers. */
    void freeNow() {
        if (group != null) {
            shared.device().makeCurrent();
            group.abort();
        }
    }

    /** Waits for its collectives, then leaves the group; of the opened communicator, all groups split from it. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        boolean root = host == shared.host();
        try {
            if (root) {
                shared.communicators().stream().filter(other -> other != this).forEach(NcclCommunicator::close);
            }
            leave();
        } finally {
            closed = true;
            shared.remove(this);
            if (root) {
                shared.close();
            } else {
                host.close();
            }
            if (token != null) {
                token.memory().close();
            }
        }
    }

    private void leave() {
        try {
            NcclCompletion pendingHere = oldest();
            while (pendingHere != null && !shared.stopped()) {
                pendingHere.awaitHost();
                pendingHere = oldest();
            }
            if (group != null && !shared.stopped()) {
                calling = "leaving with its GPUs";
                group.close();
            }
        } catch (CommunicatorException e) {
            shared.fail(host, "cannot leave its group of GPUs: " + e.getMessage());
        }
        if (shared.stopped()) {
            freeNow();
        }
    }
}
