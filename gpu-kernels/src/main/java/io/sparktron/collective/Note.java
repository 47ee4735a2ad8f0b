package io.sparktron.collective;

import java.nio.ByteBuffer;

/**
 * What a rank writes when it comes to a step: which step, what it asks, and where its operand lies for ranks of its host.
 *
 * <pre>
 * byte 0   step
 * byte 8   request: word, elements, argument
 * byte 32  operand: serial and descriptor of its segment (serial -1: not shared), bytes of the segment, offset in it
 * byte 56  group
 * </pre>
 */
final class Note {
    static final int BYTES = 64;

    private static final int STEP = 0;
    private static final int WORD = 8;
    private static final int ELEMENTS = 16;
    private static final int ARGUMENT = 24;
    private static final int SERIAL = 32;
    private static final int DESCRIPTOR = 36;
    private static final int SEGMENT_BYTES = 40;
    private static final int OFFSET = 48;
    private static final int GROUP = 56;

    private Note() {}

    /** Writes all but the step. {@code operand} is null if it is not shared. */
    static void write(ByteBuffer window, int note, long group, Request request, Segment.Handle operand, long offset) {
        window.putLong(note + WORD, request.word());
        window.putLong(note + ELEMENTS, request.elements());
        window.putLong(note + ARGUMENT, request.argument());
        window.putInt(note + SERIAL, operand == null ? -1 : operand.serial());
        window.putInt(note + DESCRIPTOR, operand == null ? -1 : operand.descriptor());
        window.putLong(note + SEGMENT_BYTES, operand == null ? 0 : operand.bytes());
        window.putLong(note + OFFSET, offset);
        window.putLong(note + GROUP, group);
    }

    /** Makes what was written before visible to whoever sees this step. */
    static void publish(ByteBuffer window, int note, long step) {
        Board.LONG.setRelease(window, note + STEP, step);
    }

    static long step(ByteBuffer window, int note) {
        return (long) Board.LONG.getAcquire(window, note + STEP);
    }

    static boolean matches(ByteBuffer window, int note, Request request) {
        return request.matches(
                window.getLong(note + WORD), window.getLong(note + ELEMENTS), window.getLong(note + ARGUMENT));
    }

    static Request request(ByteBuffer window, int note) {
        return Request.peer(
                window.getLong(note + WORD), window.getLong(note + ELEMENTS), window.getLong(note + ARGUMENT));
    }

    static long argument(ByteBuffer window, int note) {
        return window.getLong(note + ARGUMENT);
    }

    static boolean shared(ByteBuffer window, int note) {
        return window.getInt(note + SERIAL) >= 0;
    }

    /** Where the operand of rank {@code owner} of the world lies; null if it is not shared. */
    static Segment.Handle operand(ByteBuffer window, int note, int owner) {
        int serial = window.getInt(note + SERIAL);
        return serial < 0
                ? null
                : new Segment.Handle(
                        owner, serial, window.getInt(note + DESCRIPTOR), window.getLong(note + SEGMENT_BYTES));
    }

    static long offset(ByteBuffer window, int note) {
        return window.getLong(note + OFFSET);
    }

    static long group(ByteBuffer window, int note) {
        return window.getLong(note + GROUP);
    }
}
