package io.sparktron.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The connection over which the signals of two ranks of different hosts go: short messages, each with its length (4 bytes), kind (1 byte) and
 * body. Any thread may send; only that of {@link Signals} moves bytes.
 */
final class SignalLine implements AutoCloseable {
    /** What a message says. */
    enum Kind {
        /** 8 bytes progress, 4 bytes for whom the rank waits: a sign of life. */
        STATE,
        /** 8 bytes group, 8 bytes steps that the rank has come to in it. */
        LEFT_GROUP,
        /** The rank leaves the world. */
        LEFT,
        /** Text: a cause to stop, for the rank that decides. */
        PROPOSAL,
        /** Text: the cause that stands. */
        CAUSE
    }

    /** Takes what arrives. */
    interface Receiver {
        void receive(SignalLine line, Kind kind, ByteBuffer body);
    }

    private static final String DIED = "died";
    private static final int HEAD = 5;
    private static final int LONGEST = Board.BYTES;

    private final int rank;
    private final SocketChannel channel;
    private final RemotePeer peer;
    private final ByteBuffer in = ByteBuffer.allocateDirect(2 * (HEAD + LONGEST));
    private final Queue<ByteBuffer> out = new ConcurrentLinkedQueue<>();
    private final ByteBuffer state = ByteBuffer.allocateDirect(HEAD + 12).position(HEAD + 12);
    private boolean told;
    private volatile boolean closed;

    /**
     * @param rank at the other end, in the world
     * @param channel connected and non-blocking
     */
    SignalLine(int rank, SocketChannel channel, RemotePeer peer) {
        this.rank = rank;
        this.channel = channel;
        this.peer = peer;
    }

    int rank() {
        return rank;
    }

    RemotePeer peer() {
        return peer;
    }

    SocketChannel channel() {
        return channel;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether something was said that has not gone. */
    boolean hasUnsent() {
        return !closed && (state.hasRemaining() || !out.isEmpty());
    }

    void sendLeftGroup(long group, long steps) {
        send(
                Kind.LEFT_GROUP,
                ByteBuffer.allocate(16).putLong(group).putLong(steps).array());
    }

    void sendLeft() {
        send(Kind.LEFT, new byte[0]);
    }

    void sendProposal(String cause) {
        send(Kind.PROPOSAL, text(cause));
    }

    /** Sends the cause that stands, once. */
    void sendCause(String cause) {
        if (!told) {
            told = true;
            send(Kind.CAUSE, text(cause));
        }
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= LONGEST ? bytes : Arrays.copyOf(bytes, LONGEST);
    }

    private void send(Kind kind, byte[] body) {
        if (!closed) {
            out.add(ByteBuffer.allocate(HEAD + body.length)
                    .putInt(body.length)
                    .put((byte) kind.ordinal())
                    .put(body)
                    .flip());
        }
    }

    /** Sends a sign of life, unless the last one is still on its way. */
    void sendState(long progress, int waitsFor) {
        if (!hasUnsent()) {
            state.clear()
                    .putInt(12)
                    .put((byte) Kind.STATE.ordinal())
                    .putLong(progress)
                    .putInt(waitsFor)
                    .flip();
        }
    }

    /** Hands on what has come whole; never waits. */
    void receive(Receiver receiver) {
        try {
            int received = closed ? 0 : channel.read(in);
            while (received > 0) {
                peer.heard();
                in.flip();
                while (!closed && takeOne(receiver)) {
                    // and the next
                }
                in.compact();
                received = closed ? 0 : channel.read(in);
            }
            if (received < 0) {
                end(DIED);
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** Sends as much of what was said as can go at once. */
    void flush() {
        if (closed) {
            return;
        }
        try {
            // A message that has gone in part must go whole before the next.
            if (state.hasRemaining()) {
                channel.write(state);
            }
            while (!state.hasRemaining() && !out.isEmpty()) {
                channel.write(out.peek());
                if (out.peek().hasRemaining()) {
                    return;
                }
                out.remove();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(IOException e) {
        end(isReset(e) ? DIED : "is out of reach: " + e.getMessage());
    }

    /** Whether the other host lives and has no such connection: its process ended, with something unread or while something was sent. */
    private static boolean isReset(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith("Connection reset") || message.startsWith("Broken pipe");
    }

    private boolean takeOne(Receiver receiver) {
        if (in.remaining() < HEAD) {
            return false;
        }
        int length = in.getInt(in.position());
        int kind = in.get(in.position() + 4);
        if (length < 0 || length > LONGEST || kind < 0 || kind >= Kind.values().length) {
            end("sent what is no signal");
            return false;
        }
        if (in.remaining() < HEAD + length) {
            return false;
        }
        receiver.receive(this, Kind.values()[kind], in.slice(in.position() + HEAD, length));
        in.position(in.position() + HEAD + length);
        return true;
    }

    /** The connection has ended. */
    private void end(String why) {
        peer.lost(why);
        close();
    }

    @Override
    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            peer.lost("cannot be left: " + e.getMessage());
        }
    }
}
