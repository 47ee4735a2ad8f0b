package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.StringJoiner;

/**
 * Where the ranks of a group meet: a shared segment with a slot for each, which only that rank writes and all others read.
 *
 * <p>A collective is a sequence of steps. In a step a rank writes a note (what it asks, and where its operand lies) or a piece of data
 * (into its mailbox), says that it has come, waits until all have, and reads theirs. Notes and mailboxes are double: what belongs to
 * step s is overwritten in step s + 2, for which all ranks have come to step s + 1 and hence read what they wanted of step s.
 *
 * <pre>
 * byte 0, 128     notes, one cache line each: step, request (3 numbers), operand (segment and descriptor, bytes, offset)
 * byte 256        1 once the rank has left the group
 * byte 4096       mailbox, mailbox
 * </pre>
 */
final class GroupSlots {
    /** Bytes of a mailbox. */
    static final int MAILBOX = 1 << 16;

    private static final int NOTE_BYTES = 128;
    private static final int LEFT = 256;
    private static final int MAILBOXES = 4096;
    private static final int SLOT_BYTES = MAILBOXES + 2 * MAILBOX;

    private static final int STEP = 0;
    private static final int WORD = 8;
    private static final int ELEMENTS = 16;
    private static final int ARGUMENT = 24;
    private static final int SERIAL = 32;
    private static final int DESCRIPTOR = 36;
    private static final int SEGMENT_BYTES = 40;
    private static final int OFFSET = 48;

    private static final long CHECK_EVERY = Duration.ofMillis(500).toNanos();

    private final World world;
    private final String name;
    private final int[] ranks;
    private final int rank;
    private final HostMemory memory;
    private final ByteBuffer window;
    private final Pause pause;
    private long step;
    private boolean left;

    /**
     * @param ranks the group's ranks as ranks of the world
     * @param rank this rank within the group
     */
    GroupSlots(World world, String name, int[] ranks, int rank, HostMemory memory) {
        this.world = world;
        this.name = name;
        this.ranks = ranks;
        this.rank = rank;
        this.memory = memory;
        this.window = memory.window(0);
        this.pause = new Pause(Runtime.getRuntime().availableProcessors() >= world.size());
    }

    /** Of the segment for a group of {@code size} ranks. */
    static long bytes(int size) {
        long bytes = (long) size * SLOT_BYTES;
        if (bytes > HostMemory.SPAN) {
            throw new IllegalArgumentException(
                    "a group of " + size + " ranks on one host, must be at most " + HostMemory.SPAN / SLOT_BYTES);
        }
        return bytes;
    }

    /** Writes this rank's note for the next step. {@code operand} is null if peers do not reach it. */
    void post(Request request, Segment.Handle operand, long offset) {
        int note = note(rank, step + 1);
        window.putLong(note + WORD, request.word());
        window.putLong(note + ELEMENTS, request.elements());
        window.putLong(note + ARGUMENT, request.argument());
        window.putInt(note + SERIAL, operand == null ? -1 : operand.serial());
        if (operand != null) {
            window.putInt(note + DESCRIPTOR, operand.descriptor());
            window.putLong(note + SEGMENT_BYTES, operand.bytes());
            window.putLong(note + OFFSET, offset);
        }
    }

    /** This rank's mailbox for the next step. */
    Span outgoing() {
        return mailbox(rank, step + 1);
    }

    /** A rank's mailbox in the step that was made last. */
    Span incoming(int peer) {
        return mailbox(peer, step);
    }

    /** The color, or other argument, that a rank noted in the step made last. */
    long argument(int peer) {
        return window.getLong(note(peer, step) + ARGUMENT);
    }

    /** Where the operand lies that a rank noted in the step made last; null if it is not shared. */
    Segment.Handle operand(int peer) {
        int note = note(peer, step);
        int serial = window.getInt(note + SERIAL);
        return serial < 0
                ? null
                : new Segment.Handle(
                        ranks[peer], serial, window.getInt(note + DESCRIPTOR), window.getLong(note + SEGMENT_BYTES));
    }

    /** Byte of {@link #operand} at which the tensor starts. */
    long offset(int peer) {
        return window.getLong(note(peer, step) + OFFSET);
    }

    /** Fails on all ranks, with the same words, unless all noted the same request. */
    void requireAgreement(Request request) {
        boolean agree = true;
        for (int peer = 0; peer < ranks.length; peer++) {
            int note = note(peer, step);
            agree &= request.matches(
                    window.getLong(note + WORD), window.getLong(note + ELEMENTS), window.getLong(note + ARGUMENT));
        }
        if (!agree) {
            StringJoiner asked = new StringJoiner(", ");
            for (int peer = 0; peer < ranks.length; peer++) {
                int note = note(peer, step);
                asked.add("rank " + peer + " asks for "
                        + Request.peer(
                                window.getLong(note + WORD),
                                window.getLong(note + ELEMENTS),
                                window.getLong(note + ARGUMENT)));
            }
            throw new CommunicatorException("group " + name + ": ranks ask for different collectives: " + asked);
        }
    }

    /** Says that this rank has come to the next step, and waits for all others. */
    void step(Request request) {
        step++;
        Board.LONG.setRelease(window, note(rank, step) + STEP, step);
        world.board(world.rank()).countProgress();
        for (int peer = 0; peer < ranks.length; peer++) {
            if (!hasCome(peer)) {
                await(peer, request);
            }
        }
    }

    /** Says that this rank will make no further step, and unmaps the slots here. */
    void leave() {
        if (!left) {
            left = true;
            Board.LONG.setVolatile(window, slot(rank) + LEFT, 1L);
            memory.close();
        }
    }

    void requireMember() {
        if (left) {
            throw new CommunicatorException("group " + name + ": rank " + rank + " has left");
        }
    }

    private void await(int peer, Request request) {
        Board mine = world.board(world.rank());
        Board theirs = world.board(ranks[peer]);
        long progressThen = theirs.progress();
        long movedAt = 0;
        long checkedAt = 0;
        pause.begin();
        while (!hasCome(peer)) {
            long waited = pause.once();
            if (waited == 0) {
                continue;
            }
            world.failIfStopped(name);
            if (hasLeft(peer) && !hasCome(peer)) {
                throw new CommunicatorException("group " + name + ": " + member(peer) + " left while rank " + rank
                        + " waits for it in " + request);
            }
            if (waited - checkedAt >= CHECK_EVERY) {
                checkedAt = waited;
                mine.waitsFor(ranks[peer]);
                Member dead = world.dead();
                if (dead != null) {
                    throw new CommunicatorException("group " + name + ": " + dead + ", died; rank " + rank
                            + " waits for rank " + peer + " in " + request);
                }
                if (theirs.progress() != progressThen) {
                    progressThen = theirs.progress();
                    movedAt = waited;
                }
            }
            if (waited - movedAt >= world.timeLimit().toNanos()) {
                throw new CommunicatorException("group " + name + ": " + member(peer) + " did not come to " + request
                        + " within " + world.timeLimit().toMillis() / 1000.0 + " s; rank " + rank + " waits for it"
                        + chain(ranks[peer]));
            }
        }
        mine.waitsFor(-1);
    }

    /** For whom the awaited rank waits in its turn, and so on: the last in this chain is the one to look at. */
    private String chain(int start) {
        StringBuilder text = new StringBuilder();
        int waiting = start;
        for (int links = 0; links < world.size(); links++) {
            int next = world.board(waiting).waitsFor();
            if (next < 0) {
                break;
            }
            text.append(", which waits for ").append(world.member(next));
            waiting = next;
        }
        return text.toString();
    }

    private String member(int peer) {
        return "rank " + peer + " (" + world.member(ranks[peer]) + ")";
    }

    private boolean hasCome(int peer) {
        return (long) Board.LONG.getAcquire(window, note(peer, step) + STEP) >= step;
    }

    private boolean hasLeft(int peer) {
        return (long) Board.LONG.getVolatile(window, slot(peer) + LEFT) != 0;
    }

    private Span mailbox(int peer, long ofStep) {
        return new Span(memory, slot(peer) + MAILBOXES + (ofStep & 1) * MAILBOX);
    }

    private static int note(int peer, long ofStep) {
        return slot(peer) + (int) (ofStep & 1) * NOTE_BYTES;
    }

    private static int slot(int peer) {
        return peer * SLOT_BYTES;
    }
}
