package io.sparktron.collective;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The page on which a rank shows its state to all others, and on rank 0's the one cause for which all ranks stop.
 *
 * <pre>
 * byte 0    token: proves to a peer that it reached this rank's memory
 * byte 8    the slots of the group of all ranks (rank 0): serial, descriptor, bytes
 * byte 128  what this rank has passed: steps in all its groups, kernels, blocks of files
 * byte 136  1 + the rank it waits for since long; 0: none
 * byte 144  1 once this rank has left
 * byte 256  state of the cause: 0 none, 1 being written, 2 there; then its length, then its text
 * </pre>
 */
final class Board {
    static final int BYTES = 4096;

    /** Longs in shared memory. The address of a window is that of a page, so these are atomic. */
    static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int TOKEN = 0;
    private static final int SLOTS = 8;
    private static final int PROGRESS = 128;
    private static final int WAITS_FOR = 136;
    private static final int LEFT = 144;
    private static final int STATE = 256;
    private static final int LENGTH = 264;
    private static final int TEXT = 272;
    private static final int LONGEST_TEXT = BYTES - TEXT;
    private static final long NONE = 0;
    private static final long WRITING = 1;
    private static final long WRITTEN = 2;

    private final Segment segment;
    private final ByteBuffer page;

    Board(Segment segment) {
        this.segment = segment;
        this.page = segment.memory().window(0);
    }

    Segment segment() {
        return segment;
    }

    void writeToken(long token) {
        LONG.setVolatile(page, TOKEN, token);
    }

    long token() {
        return (long) LONG.getVolatile(page, TOKEN);
    }

    void writeSlots(Segment.Handle handle) {
        page.putInt(SLOTS, handle.serial());
        page.putInt(SLOTS + 4, handle.descriptor());
        page.putLong(SLOTS + 8, handle.bytes());
    }

    Segment.Handle slots() {
        return new Segment.Handle(0, page.getInt(SLOTS), page.getInt(SLOTS + 4), page.getLong(SLOTS + 8));
    }

    void countProgress() {
        LONG.getAndAdd(page, PROGRESS, 1L);
    }

    /** Moves as long as this rank works. */
    long progress() {
        return (long) LONG.getOpaque(page, PROGRESS);
    }

    /** Says for whom this rank waits; -1 for none. */
    void waitsFor(int rank) {
        LONG.setOpaque(page, WAITS_FOR, 1L + rank);
    }

    /** -1 for none. */
    int waitsFor() {
        return (int) (long) LONG.getOpaque(page, WAITS_FOR) - 1;
    }

    /** Says that this rank may end from now on. */
    void leave() {
        LONG.setVolatile(page, LEFT, 1L);
    }

    boolean hasLeft() {
        return (long) LONG.getVolatile(page, LEFT) != 0;
    }

    /** Writes the cause if none stands here yet. */
    void writeCause(String cause) {
        if (!LONG.compareAndSet(page, STATE, NONE, WRITING)) {
            return;
        }
        byte[] text = cause.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, LONGEST_TEXT);
        page.put(TEXT, text, 0, length);
        page.putInt(LENGTH, length);
        LONG.setVolatile(page, STATE, WRITTEN);
    }

    /** The cause, or null. */
    String cause() {
        long state = (long) LONG.getVolatile(page, STATE);
        if (state == NONE) {
            return null;
        }
        Pause pause = new Pause(false);
        pause.begin();
        while (state == WRITING) {
            if (pause.once() > 1_000_000_000L) {
                return "a rank died while it wrote why all must stop";
            }
            state = (long) LONG.getVolatile(page, STATE);
        }
        byte[] text = new byte[page.getInt(LENGTH)];
        page.get(TEXT, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
