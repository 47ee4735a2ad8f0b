package io.sparktron.collective;

import io.sparktron.kernels.host.HostQueue;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * Collectives between ranks that are threads or processes, on one host or several. Work is done at once, inside {@link #start}, as host
 * queues do it.
 *
 * <p>Small operands travel in the one step in which the ranks also agree on the operation; large ones as {@link Bulk} says; those that it cannot reach
 * go through the mailboxes piece by piece.
 *
 * <p>What fails one group fails them all: an abort, a death, a mismatch or a time-out ends the opened communicator and every group
 * split from it, on all ranks, with the first cause. A rank that stops in one group cannot come to the others either.
 *
 * <p>Memory from the allocator of any of these groups serves all of them. Peers of this host keep it mapped until they leave, so it is
 * meant to be allocated before the first step; its pages are returned when its owner closes it.
 */
final class GroupCommunicator implements Communicator {
    private final World world;
    private final Group group;
    private final Transport transport;
    private final Meeting meeting;

    private GroupCommunicator(World world, Group group, Transport transport) {
        this.world = world;
        this.group = group;
        this.transport = transport;
        this.meeting = transport.meeting();
        world.add(meeting);
    }

    /** The group of all ranks of a world. */
    static GroupCommunicator of(World world, String name) {
        Group all = Group.all(name, world.rank(), world.size());
        return new GroupCommunicator(world, all, Transport.of(world, all, world.slots()));
    }

    @Override
    public int rank() {
        return group.rank();
    }

    @Override
    public int size() {
        return group.size();
    }

    /** Does the collective; the completion is that of work which is done. */
    @Override
    public Completion start(Collective operation, Queue after) {
        Completion done = HostQueue.of(after).mark();
        world.run(group.name(), () -> execute(operation, Request.of(operation, size())));
        return done;
    }

    private void execute(Collective operation, Request request) {
        meeting.requireMember();
        Tensor exposed = request.exposed();
        if (size() == 1) {
            if (exposed != null && request.kind() != Request.Kind.ALL_REDUCE) {
                receive(operation, new Span[] {Span.of(exposed)}, 0, request.elements());
            }
            return;
        }
        boolean small = request.bytes() <= transport.small();
        if (small) {
            send(request, 0, request.elements());
        }
        meeting.post(request, small ? null : world.segments().locate(exposed), exposed == null ? 0 : exposed.offset());
        meeting.step(request, small ? (int) request.bytes() : 0);
        meeting.requireAgreement(group, request);
        if (small) {
            receive(operation, mailboxes(), 0, request.elements());
        } else if (!transport.bulk().exchange(operation, request)) {
            exchangeByMail(operation, request);
        }
    }

    private void exchangeByMail(Collective operation, Request request) {
        int width = request.type().bytes();
        long piece = Meeting.MAILBOX / width;
        for (long first = 0; first < request.elements(); first += piece) {
            long count = Math.min(piece, request.elements() - first);
            send(request, first, count);
            meeting.post(request, null, 0);
            meeting.step(request, (int) count * width);
            receive(operation, mailboxes(), first, count);
        }
    }

    /** Puts elements of this rank's exposed tensor into its mailbox. */
    private void send(Request request, long first, long count) {
        if (request.sends(rank()) && count > 0) {
            int width = request.type().bytes();
            Span.of(request.exposed()).plus(first * width).copyTo(meeting.outgoing(), count * width);
        }
    }

    private void receive(Collective operation, Span[] sources, long first, long count) {
        world.pieces().receive(operation, rank(), sources, first, count);
    }

    private Span[] mailboxes() {
        Span[] mailboxes = new Span[size()];
        for (int peer = 0; peer < size(); peer++) {
            mailboxes[peer] = meeting.incoming(peer);
        }
        return mailboxes;
    }

    @Override
    public Communicator split(String childName, int color) {
        GroupCommunicator[] child = new GroupCommunicator[1];
        world.run(group.name(), () -> child[0] = divide(childName, color));
        return child[0];
    }

    /** Three steps: who goes where; where the new slots are, on each host; all have them. */
    private GroupCommunicator divide(String childName, int color) {
        meeting.requireMember();
        Request request = Request.split(color);
        meeting.post(request, null, 0);
        meeting.step(request, 0);
        meeting.requireAgreement(group, request);
        int[] members = IntStream.range(0, size())
                .filter(peer -> meeting.request(peer).argument() == color)
                .toArray();
        int[] here = IntStream.of(members)
                .filter(peer -> world.isHere(group.ranks()[peer]))
                .toArray();
        Group part = group.child(childName, members, meeting.steps(), color);
        boolean makes = here[0] == rank() && (here.length > 1 || members.length == 1);
        Segment mine =
                makes ? world.segments().create("slots of " + childName, GroupSlots.bytes(here.length), false) : null;
        meeting.post(request, makes ? mine.handle() : null, 0);
        meeting.step(request, 0);
        Segment.Handle handle = makes ? mine.handle() : here.length > 1 ? meeting.operand(here[0]) : null;
        Transport child = Transport.of(world, part, handle);
        meeting.post(request, null, 0);
        meeting.step(request, 0);
        return new GroupCommunicator(world, part, child);
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

    @Override
    public long progressed() {
        return world.progressed();
    }

    @Override
    public long progressedOfAll() {
        return world.progressedOfAll();
    }

    @Override
    public String failure(String waitsIn, boolean left) {
        return world.failure(group, waitsIn, left);
    }

    /** Fails the opened communicator and every group split from it, on all ranks. */
    @Override
    public void abort(String cause) {
        world.abort("group " + group.name() + ": rank " + rank() + " aborted: " + cause);
    }

    /** Leaves this group. Leaving the opened communicator leaves all groups split from it and frees all memory of its allocators. */
    @Override
    public void close() {
        if (group.id() == Group.WORLD) {
            world.close();
        } else {
            world.leave(meeting);
        }
    }
}
