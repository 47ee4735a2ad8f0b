package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import java.nio.ByteBuffer;

/**
 * Where the ranks of a group meet that run on several hosts: those of this host in shared slots, each of the others at the end of a link, over
 * which a note and then the mail are sent to it.
 *
 * <p>Every link serves all groups that its two ranks are in. That needs no more than what collectives need anyway: both ranks come to their common
 * collectives in one order.
 */
final class SocketMeeting implements Meeting {
    private final World world;
    private final Group group;
    /** Null if no other rank of the group runs on this host. */
    private final GroupSlots slots;
    /** By rank of the group; null for ranks of this host. */
    private final Link[] links;

    private final Exchange exchange;
    /** This rank's note, and behind it its mail unless that lies in the shared slot. */
    private final Span frame;

    private long step;
    private boolean left;

    SocketMeeting(World world, Group group, GroupSlots slots) {
        this.world = world;
        this.group = group;
        this.slots = slots;
        this.links = new Link[group.size()];
        for (int peer = 0; peer < links.length; peer++) {
            links[peer] = world.link(group.ranks()[peer]);
        }
        this.exchange = new Exchange(world, group, this, links);
        this.frame = world.links().frame();
    }

    GroupSlots slots() {
        return slots;
    }

    Link[] links() {
        return links;
    }

    Exchange exchange() {
        return exchange;
    }

    @Override
    public void post(Request request, Segment.Handle operand, long offset) {
        Note.write(window(frame), at(frame), group.id(), request, operand, offset);
        if (slots != null) {
            slots.post(request, operand, offset);
        }
    }

    @Override
    public Span outgoing() {
        return slots == null ? frame.plus(Note.BYTES) : slots.outgoing();
    }

    @Override
    public void step(Request request, int mail) {
        Span outgoing = outgoing();
        step++;
        Note.publish(window(frame), at(frame), step);
        if (slots == null) {
            world.board().countProgress();
        } else {
            slots.come();
        }
        for (int peer = 0; peer < links.length; peer++) {
            Link link = links[peer];
            if (link != null) {
                link.out().clear();
                if (slots == null) {
                    link.out().add(frame, Note.BYTES + (request.sends(group.rank()) ? mail : 0));
                } else {
                    link.out().add(frame, Note.BYTES);
                    link.out().add(outgoing, request.sends(group.rank()) ? mail : 0);
                }
                link.out().allowAll();
                link.in().clear();
                link.in().add(link.frame(), Note.BYTES + (request.sends(peer) ? mail : 0));
                link.in().allowAll();
            }
        }
        exchange.run(request, () -> readNotes(request));
        if (slots != null) {
            slots.awaitAll(request);
        }
    }

    /** What follows a note is mail only if the peer asks for the same. */
    private boolean readNotes(Request request) {
        for (int peer = 0; peer < links.length; peer++) {
            if (links[peer] != null && hasCome(peer)) {
                Span note = links[peer].frame();
                if (Note.group(window(note), at(note)) != group.id()) {
                    throw new CommunicatorException("group " + group.name() + ": rank " + group.rank() + " asks for "
                            + request + " while rank " + peer + " (" + world.describe(group.ranks()[peer])
                            + ") asks another group for " + request(peer));
                }
                if (!noted(peer, request)) {
                    links[peer].in().stop();
                }
            }
        }
        return false;
    }

    /** Whether a rank's note of this step has arrived. */
    boolean hasCome(int peer) {
        return links[peer].in().moved() >= Note.BYTES;
    }

    /** Whether a rank has left the group without coming to this step. */
    boolean hasLeft(int peer) {
        return world.peer(group.ranks()[peer]) instanceof RemotePeer remote && remote.leftBefore(group.id(), step);
    }

    @Override
    public long steps() {
        return step;
    }

    @Override
    public Span incoming(int peer) {
        if (links[peer] != null) {
            return links[peer].frame().plus(Note.BYTES);
        }
        return slots == null ? frame.plus(Note.BYTES) : slots.incoming(peer);
    }

    @Override
    public boolean noted(int peer, Request request) {
        Span note = note(peer);
        return note == null ? slots.noted(peer, request) : Note.matches(window(note), at(note), request);
    }

    @Override
    public Request request(int peer) {
        Span note = note(peer);
        return note == null ? slots.request(peer) : Note.request(window(note), at(note));
    }

    @Override
    public boolean shared(int peer) {
        Span note = note(peer);
        return note == null ? slots.shared(peer) : Note.shared(window(note), at(note));
    }

    @Override
    public Segment.Handle operand(int peer) {
        return slots.operand(peer);
    }

    @Override
    public long offset(int peer) {
        return slots.offset(peer);
    }

    @Override
    public void requireMember() {
        if (left) {
            throw new CommunicatorException("group " + group.name() + ": rank " + group.rank() + " has left");
        }
    }

    @Override
    public void leave() {
        if (!left) {
            left = true;
            world.signals().leaveGroup(group, step);
            if (slots != null) {
                slots.leave();
            }
        }
    }

    /** Where the note of this rank or of one of another host lies; null for another rank of this host. */
    private Span note(int peer) {
        return links[peer] != null ? links[peer].frame() : peer == group.rank() ? frame : null;
    }

    private static ByteBuffer window(Span span) {
        return span.memory().window(span.offset());
    }

    private static int at(Span span) {
        return HostMemory.inWindow(span.offset());
    }
}
