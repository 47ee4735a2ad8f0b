package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** One rank's data connection with a rank of another host. Moves bytes without ever blocking; for the rank's own thread. */
final class Link implements AutoCloseable {
    /** Bytes of what a peer sends ahead of the slowest of all peers. */
    static final int RING = 1 << 18;

    /** Where a peer's notes and mail arrive. */
    private static final int FRAME = 4096 + Meeting.MAILBOX;

    private static final int BYTES = FRAME + RING;

    private final int peer;
    private final SocketChannel channel;
    private final Span frame;
    private final Span ring;
    private final Flow in = new Flow();
    private final Flow out = new Flow();
    private String broken;

    /**
     * @param peer rank of the world
     * @param channel connected and non-blocking
     * @param memory of all links of this rank
     * @param index of this one among them
     */
    Link(int peer, SocketChannel channel, HostMemory memory, int index) {
        this.peer = peer;
        this.channel = channel;
        this.frame = new Span(memory, (long) index * BYTES);
        this.ring = frame.plus(FRAME);
    }

    /** Memory for {@code count} links. */
    static long bytes(int count) {
        return (long) count * BYTES;
    }

    int peer() {
        return peer;
    }

    /** Where its note and then its mail arrive. */
    Span frame() {
        return frame;
    }

    Span ring() {
        return ring;
    }

    Flow in() {
        return in;
    }

    Flow out() {
        return out;
    }

    /** Why nothing moves any more; null while the connection stands. */
    String broken() {
        return broken;
    }

    /** Whether both flows are complete. */
    boolean done() {
        return in.complete() && out.complete();
    }

    /** Sends and receives what can be moved at once; whether anything moved. */
    boolean move() {
        if (broken != null) {
            return false;
        }
        int moved = 0;
        try {
            if (out.waits()) {
                int sent = channel.write(out.next());
                out.advance(sent);
                moved += sent;
            }
            if (in.waits()) {
                int received = channel.read(in.next());
                if (received < 0) {
                    broken = "closed";
                } else {
                    in.advance(received);
                    moved += received;
                }
            }
        } catch (IOException e) {
            broken = e.getMessage();
        }
        return moved > 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
