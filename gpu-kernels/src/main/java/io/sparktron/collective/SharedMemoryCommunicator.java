package io.sparktron.collective;

import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Collectives between the ranks of one host, which are threads or processes, through memory that all of them map. Work is done at once,
 * inside {@link #start}, as host queues do it.
 *
 * <p>Three ways, chosen by what all ranks know:
 * <ul>
 *   <li>small operands travel in the ranks' mailboxes, in the one step in which they also agree on the operation;
 *   <li>operands in memory of {@link #allocator} are read, and in an all-reduce written, where they lie: rank i reduces the i-th share of all
 *       and writes it to all;
 *   <li>others go through the mailboxes piece by piece.
 * </ul>
 *
 * <p>What fails one group fails them all: an abort, a death, a mismatch or a time-out ends the opened communicator and every group
 * split from it, on all ranks, with the first cause. A rank that stops in one group cannot come to the others either.
 *
 * <p>Memory from the allocator of any of these groups serves all of them without a copy. Peers keep it mapped until they leave, so it is
 * meant to be allocated before the first step; its pages are returned when its owner closes it.
 */
public final class SharedMemoryCommunicator implements Communicator {
    /** How long a rank waits for a peer that makes no progress at all, unless told otherwise. */
    public static final Duration DEFAULT_TIME_LIMIT = Duration.ofSeconds(60);

    /** Bytes up to which a tensor travels in one step: measured, copying it twice costs no more than a second step. */
    private static final int SMALL = 1 << 10;

    private final World world;
    private final String name;
    private final int[] ranks;
    private final int rank;
    private final GroupSlots slots;
    private final boolean opened;
    private final Map<DType, Reducer> reducers;

    private SharedMemoryCommunicator(
            World world,
            String name,
            int[] ranks,
            int rank,
            HostMemory slots,
            boolean opened,
            Map<DType, Reducer> reducers) {
        this.world = world;
        this.name = name;
        this.ranks = ranks;
        this.rank = rank;
        this.slots = new GroupSlots(world, name, ranks, rank, slots);
        this.opened = opened;
        this.reducers = reducers;
        world.add(this.slots);
    }

    /**
     * The group of all ranks of a rendezvous; all of them call it.
     *
     * @param name what the group is called in errors
     * @param timeLimit how long a rank waits for a peer that makes no progress at all
     * @throws CommunicatorException on all ranks, if they do not all run on one host or cannot map each other's memory
     */
    public static SharedMemoryCommunicator open(String name, Rendezvous rendezvous, Duration timeLimit) {
        World world = World.open(name, rendezvous, timeLimit);
        return new SharedMemoryCommunicator(
                world,
                name,
                IntStream.range(0, world.size()).toArray(),
                world.rank(),
                world.reach(world.board(0).slots()),
                true,
                new EnumMap<>(DType.class));
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return ranks.length;
    }

    /** Does the collective; the completion is that of work which is done. */
    @Override
    public Completion start(Collective operation, Queue after) {
        Completion done = HostQueue.of(after).mark();
        world.run(name, () -> execute(operation, Request.of(operation, size())));
        return done;
    }

    private void execute(Collective operation, Request request) {
        if (request.reduction() != null) {
            reducers.computeIfAbsent(request.type(), Reducer::of);
        }
        slots.requireMember();
        Tensor exposed = request.exposed();
        if (size() == 1) {
            if (exposed != null && request.kind() != Request.Kind.ALL_REDUCE) {
                receive(operation, new Span[] {Span.of(exposed)}, 0, request.elements());
            }
            return;
        }
        boolean small = request.bytes() <= SMALL;
        if (small) {
            send(operation, request, 0, request.elements());
        }
        slots.post(request, small ? null : world.locate(exposed), exposed == null ? 0 : exposed.offset());
        slots.step(request);
        slots.requireAgreement(request);
        if (small) {
            receive(operation, mailboxes(), 0, request.elements());
        } else {
            Span[] tensors = tensors(operation, exposed);
            if (tensors != null) {
                exchangeInPlace(operation, request, tensors);
            } else {
                exchangeByMail(operation, request);
            }
        }
    }

    /** All ranks' exposed tensors where they lie; null if one that is needed cannot be reached. */
    private Span[] tensors(Collective operation, Tensor exposed) {
        Span[] tensors = new Span[size()];
        for (int peer = 0; peer < size(); peer++) {
            Segment.Handle operand = slots.operand(peer);
            boolean needed = !(operation instanceof Collective.Broadcast broadcast) || broadcast.root() == peer;
            if (needed && operand == null) {
                return null;
            }
            if (needed) {
                tensors[peer] = peer == rank ? Span.of(exposed) : new Span(world.reach(operand), slots.offset(peer));
            }
        }
        return tensors;
    }

    /** The second step tells that no peer reads or writes this rank's tensors any more. */
    private void exchangeInPlace(Collective operation, Request request, Span[] tensors) {
        if (operation instanceof Collective.AllReduce all) {
            long first = share(request.elements(), rank);
            long end = share(request.elements(), rank + 1);
            Span[] shares = shifted(tensors, first * request.type().bytes());
            reducers.get(request.type()).reduce(all.reduction(), shares, shares, end - first);
        } else {
            receive(operation, tensors, 0, request.elements());
        }
        slots.step(request);
    }

    private void exchangeByMail(Collective operation, Request request) {
        long piece = GroupSlots.MAILBOX / request.type().bytes();
        for (long first = 0; first < request.elements(); first += piece) {
            long count = Math.min(piece, request.elements() - first);
            send(operation, request, first, count);
            slots.step(request);
            receive(operation, mailboxes(), first, count);
        }
    }

    /** Puts elements of this rank's exposed tensor into its mailbox. */
    private void send(Collective operation, Request request, long first, long count) {
        boolean sends = !(operation instanceof Collective.Broadcast broadcast) || broadcast.root() == rank;
        if (sends && count > 0) {
            int width = request.type().bytes();
            Span.of(request.exposed()).plus(first * width).copyTo(slots.outgoing(), count * width);
        }
    }

    /**
     * Makes of some elements of all ranks' exposed tensors what this rank gets of them.
     *
     * @param sources elements {@code first ... first + count - 1} of each
     */
    private void receive(Collective operation, Span[] sources, long first, long count) {
        if (count == 0) {
            return;
        }
        if (operation instanceof Collective.AllReduce all) {
            Tensor tensor = all.tensor();
            Span[] destination = {Span.of(tensor).plus(first * tensor.type().bytes())};
            reducers.get(tensor.type()).reduce(all.reduction(), sources, destination, count);
        } else if (operation instanceof Collective.ReduceScatter scatter) {
            Tensor output = scatter.output();
            int width = output.type().bytes();
            long part = rank * output.elements();
            long from = Math.max(first, part);
            long to = Math.min(first + count, part + output.elements());
            Span[] destination = {Span.of(output).plus((from - part) * width)};
            if (from < to) {
                reducers.get(output.type())
                        .reduce(scatter.reduction(), shifted(sources, (from - first) * width), destination, to - from);
            }
        } else if (operation instanceof Collective.AllGather gather) {
            Tensor input = gather.input();
            int width = input.type().bytes();
            for (int peer = 0; peer < size(); peer++) {
                Span part = Span.of(gather.output()).plus((peer * input.elements() + first) * width);
                sources[peer].copyTo(part, count * width);
            }
        } else if (operation instanceof Collective.Broadcast broadcast && broadcast.root() != rank) {
            Tensor tensor = broadcast.tensor();
            int width = tensor.type().bytes();
            sources[broadcast.root()].copyTo(Span.of(tensor).plus(first * width), count * width);
        }
    }

    private Span[] mailboxes() {
        Span[] mailboxes = new Span[size()];
        for (int peer = 0; peer < size(); peer++) {
            mailboxes[peer] = slots.incoming(peer);
        }
        return mailboxes;
    }

    private static Span[] shifted(Span[] spans, long bytes) {
        Span[] shifted = new Span[spans.length];
        for (int i = 0; i < spans.length; i++) {
            shifted[i] = spans[i].plus(bytes);
        }
        return shifted;
    }

    /** Where the share of {@code index} starts: shares are equal up to a cache line, so that no line has two writers. */
    private long share(long elements, int index) {
        return index == size() ? elements : elements / size() * index / 16 * 16;
    }

    @Override
    public Communicator split(String childName, int color) {
        SharedMemoryCommunicator[] child = new SharedMemoryCommunicator[1];
        world.run(name, () -> child[0] = divide(childName, color));
        return child[0];
    }

    /** Three steps: who goes where; where the new slots are; all have them. */
    private SharedMemoryCommunicator divide(String childName, int color) {
        slots.requireMember();
        Request request = Request.split(color);
        slots.post(request, null, 0);
        slots.step(request);
        slots.requireAgreement(request);
        int[] group = IntStream.range(0, size())
                .filter(peer -> slots.argument(peer) == color)
                .toArray();
        boolean first = group[0] == rank;
        Segment mine = first ? world.create("slots of " + childName, GroupSlots.bytes(group.length), false) : null;
        slots.post(request, first ? mine.handle() : null, 0);
        slots.step(request);
        HostMemory memory = first ? mine.memory() : world.reach(slots.operand(group[0]));
        slots.step(request);
        return new SharedMemoryCommunicator(
                world,
                childName,
                IntStream.of(group).map(peer -> ranks[peer]).toArray(),
                (int) IntStream.of(group).filter(peer -> peer < rank).count(),
                memory,
                false,
                reducers);
    }

    /** Memory that every rank of every group of the opened communicator reaches, until it is closed or this rank leaves. */
    @Override
    public Allocator allocator() {
        return world::allocate;
    }

    @Override
    public void progress() {
        world.progress();
    }

    /** Fails the opened communicator and every group split from it, on all ranks. */
    @Override
    public void abort(String cause) {
        world.abort("group " + name + ": rank " + rank + " aborted: " + cause);
    }

    /** Leaves this group. Leaving the opened communicator leaves all groups split from it and frees all memory of its allocators. */
    @Override
    public void close() {
        if (opened) {
            world.close();
        } else {
            world.leave(slots);
        }
    }
}
