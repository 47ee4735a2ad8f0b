package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where the ranks of a group that run on one host meet: a shared segment with a slot for each, which only that rank writes and all others
 * read.
 *
 * <p>Notes and mailboxes are double: what belongs to step s is overwritten in step s + 2, for which all ranks have come to step s + 1 and
 * hence read what they wanted of step s.
 *
 * <pre>
 * byte 0, 128     notes, each in a cache line of its own
 * byte 256        1 once the rank has left the group
 * byte 4096       mailbox, mailbox
 * </pre>
 */
final class GroupSlots implements Meeting {
    private static final int NOTE_EVERY = 128;
    private static final int LEFT = 256;
    private static final int MAILBOXES = 4096;
    private static final int SLOT_BYTES = MAILBOXES + 2 * MAILBOX;

    private final World world;
    private final Group group;
    /** The ranks of the group that meet here. */
    private final int[] members;
    /** First byte of each rank's slot; -1 for those that do not meet here. */
    private final int[] slots;

    private final HostMemory memory;
    private final ByteBuffer window;
    private final Patience patience;
    private long step;
    private boolean left;

    /**
     * @param members the ranks of the group that run on this host, in ascending order
     */
    GroupSlots(World world, Group group, int[] members, HostMemory memory) {
        this.world = world;
        this.group = group;
        this.members = members;
        this.slots = new int[group.size()];
        Arrays.fill(slots, -1);
        for (int slot = 0; slot < members.length; slot++) {
            slots[members[slot]] = slot * SLOT_BYTES;
        }
        this.memory = memory;
        this.window = memory.window(0);
        this.patience = new Patience(world, group, Runtime.getRuntime().availableProcessors() >= world.ranksHere());
    }

    /** Of the segment for {@code size} ranks. */
    static long bytes(int size) {
        long bytes = (long) size * SLOT_BYTES;
        if (bytes > HostMemory.SPAN) {
            throw new IllegalArgumentException(
                    "a group of " + size + " ranks on one host, must be at most " + HostMemory.SPAN / SLOT_BYTES);
        }
        return bytes;
    }

    /** The ranks of the group that meet here. */
    int[] members() {
        return members;
    }

    @Override
    public long steps() {
        return step;
    }

    @Override
    public void post(Request request, Segment.Handle operand, long offset) {
        Note.write(window, note(group.rank(), step + 1), group.id(), request, operand, offset);
    }

    @Override
    public Span outgoing() {
        return mailbox(group.rank(), step + 1);
    }

    @Override
    public Span incoming(int peer) {
        return mailbox(peer, step);
    }

    @Override
    public boolean noted(int peer, Request request) {
        return Note.matches(window, note(peer, step), request);
    }

    @Override
    public Request request(int peer) {
        return Note.request(window, note(peer, step));
    }

    @Override
    public boolean shared(int peer) {
        return Note.shared(window, note(peer, step));
    }

    @Override
    public Segment.Handle operand(int peer) {
        return Note.operand(window, note(peer, step), group.ranks()[peer]);
    }

    @Override
    public long offset(int peer) {
        return Note.offset(window, note(peer, step));
    }

    /** The exposed tensor that a rank noted in the step made last, where it lies; null if it is not shared. */
    Span tensor(int peer, Request request) {
        Segment.Handle operand = operand(peer);
        if (operand == null) {
            return null;
        }
        return peer == group.rank() ? Span.of(request.exposed()) : new Span(world.reach(operand), offset(peer));
    }

    @Override
    public void step(Request request, int mail) {
        come();
        awaitAll(request);
    }

    /** Says that this rank has come to the next step. */
    void come() {
        step++;
        Note.publish(window, note(group.rank(), step), step);
        world.board().countProgress();
    }

    /** Waits until all ranks have come that meet here. */
    void awaitAll(Request request) {
        for (int peer : members) {
            if (!hasCome(peer)) {
                await(peer, request);
            }
        }
    }

    private void await(int peer, Request request) {
        patience.begin();
        while (!hasCome(peer)) {
            if (patience.pause()) {
                patience.check(peer, request, false, hasLeft(peer) && !hasCome(peer));
            }
        }
        patience.end();
    }

    /** Says that this rank will make no further step, and unmaps the slots here. */
    @Override
    public void leave() {
        if (!left) {
            left = true;
            Board.LONG.setVolatile(window, slots[group.rank()] + LEFT, 1L);
            memory.close();
        }
    }

    @Override
    public void requireMember() {
        if (left) {
            throw new CommunicatorException("group " + group.name() + ": rank " + group.rank() + " has left");
        }
    }

    private boolean hasCome(int peer) {
        return Note.step(window, note(peer, step)) >= step;
    }

    private boolean hasLeft(int peer) {
        return (long) Board.LONG.getVolatile(window, slots[peer] + LEFT) != 0;
    }

    private Span mailbox(int peer, long ofStep) {
        return new Span(memory, slots[peer] + MAILBOXES + (ofStep & 1) * MAILBOX);
    }

    private int note(int peer, long ofStep) {
        return slots[peer] + (int) (ofStep & 1) * NOTE_EVERY;
    }
}
