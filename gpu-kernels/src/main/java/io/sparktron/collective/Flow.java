package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import java.nio.ByteBuffer;

/**
 * Bytes that go one way over a link, in order: out of, or into, up to four spans, one after the other. A part may be longer than its span,
 * which is then a ring. How far the flow may go is told as it goes: so far as bytes are there, or room is.
 */
final class Flow {
    private static final int PARTS = 4;

    /** Bytes that one system call moves at most: so that sending, receiving and adding take turns while the bytes are in the cache. */
    private static final int CHUNK = 1 << 18;

    private final Span[] spans = new Span[PARTS];
    private final long[] rings = new long[PARTS];
    /** Of the bytes of the flow. */
    private final long[] ends = new long[PARTS];

    private int parts;
    private int part;
    private long moved;
    private long limit;
    private ByteBuffer window;
    private ByteBuffer view;

    /** An empty flow. */
    void clear() {
        parts = 0;
        part = 0;
        moved = 0;
        limit = 0;
    }

    /** Appends {@code bytes} bytes of a span. */
    void add(Span span, long bytes) {
        add(span, bytes, Long.MAX_VALUE);
    }

    /** Appends {@code bytes} bytes that go round in the first {@code ring} bytes of a span. */
    void add(Span span, long bytes, long ring) {
        spans[parts] = span;
        rings[parts] = ring;
        ends[parts] = total() + bytes;
        parts++;
    }

    long total() {
        return parts == 0 ? 0 : ends[parts - 1];
    }

    long moved() {
        return moved;
    }

    boolean complete() {
        return moved == total();
    }

    /** Lets the first {@code bytes} bytes go. */
    void allow(long bytes) {
        limit = Math.max(limit, Math.min(bytes, total()));
    }

    void allowAll() {
        limit = total();
    }

    /** Whether bytes may go that have not gone. */
    boolean waits() {
        return moved < limit;
    }

    /** Nothing more will go than went so far. */
    void stop() {
        parts = 1;
        part = 0;
        ends[0] = moved;
        limit = moved;
    }

    /** The bytes that go next, as position to limit; only while {@link #waits}. */
    ByteBuffer next() {
        while (moved == ends[part]) {
            part++;
        }
        long at = (moved - (part == 0 ? 0 : ends[part - 1])) % rings[part];
        long bytes = Math.min(Math.min(limit, ends[part]) - moved, Math.min(CHUNK, rings[part] - at));
        Span span = spans[part];
        long offset = span.offset() + at;
        if (window != span.memory().window(offset)) {
            window = span.memory().window(offset);
            view = window.duplicate();
        }
        int position = HostMemory.inWindow(offset);
        return view.limit(position + (int) bytes).position(position);
    }

    void advance(int bytes) {
        moved += bytes;
    }
}
