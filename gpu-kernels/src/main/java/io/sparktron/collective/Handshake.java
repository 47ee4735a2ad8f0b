package io.sparktron.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * One connection until both ends know whom they have: the connected end sends its challenge; the connecting end says who it is, with its own challenge
 * and proof; the connected end, if it believes that, answers with its proof. Never blocks.
 */
final class Handshake {
    private static final long MAGIC = 0x7370_6172_6b74_726fL; // sparktro
    private static final int CHALLENGE_BYTES = 8 + Proof.BYTES;
    private static final int INTRODUCTION_BYTES = 8 + 8 + 2 * Proof.BYTES;

    private enum Stage {
        CONNECT,
        CHALLENGE,
        INTRODUCTION,
        ANSWER,
        DONE
    }

    private final SocketChannel channel;
    private final Proof proof;
    private final boolean connects;
    private final int rank;
    private final byte[] mine = Proof.challenge();
    private byte[] theirs;
    private Way way;
    private Stage stage;
    private ByteBuffer bytes;

    private Handshake(SocketChannel channel, Proof proof, boolean connects, int rank, Way way, Stage stage) {
        this.channel = channel;
        this.proof = proof;
        this.connects = connects;
        this.rank = rank;
        this.way = way;
        this.stage = stage;
    }

    /** Of the end that connects; the channel is about to be. */
    static Handshake connecting(SocketChannel channel, Proof proof, Way way) {
        return new Handshake(channel, proof, true, way.from(), way, Stage.CONNECT);
    }

    /** Of the end that rank {@code rank} was connected to, by whom it does not know yet. */
    static Handshake connected(SocketChannel channel, Proof proof, int rank) {
        Handshake handshake = new Handshake(channel, proof, false, rank, null, Stage.CHALLENGE);
        handshake.bytes = ByteBuffer.allocate(CHALLENGE_BYTES)
                .putLong(MAGIC)
                .put(handshake.mine)
                .flip();
        return handshake;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Whether this is the end that connects. */
    boolean connects() {
        return connects;
    }

    /** What the connection is for; known once it is done, to the connecting end always. */
    Way way() {
        return way;
    }

    /** What it waits for, as interest of a selection key. */
    int interest() {
        if (stage == Stage.CONNECT) {
            return SelectionKey.OP_CONNECT;
        }
        return writes() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
    }

    private boolean writes() {
        return connects == (stage == Stage.INTRODUCTION);
    }

    /**
     * Goes on as far as it can without waiting; whether it is done.
     *
     * @throws IOException naming why the connection is of no use
     */
    boolean advance() throws IOException {
        if (stage == Stage.CONNECT) {
            if (!channel.finishConnect()) {
                return false;
            }
            next(Stage.CHALLENGE, ByteBuffer.allocate(CHALLENGE_BYTES));
        }
        while (stage != Stage.DONE && move()) {
            if (connects) {
                goOnConnecting();
            } else {
                goOnConnected();
            }
        }
        return stage == Stage.DONE;
    }

    /** Whether all bytes of this stage have moved. */
    private boolean move() throws IOException {
        int moved = writes() ? channel.write(bytes) : channel.read(bytes);
        if (moved < 0) {
            throw new IOException(
                    stage == Stage.ANSWER
                            ? "the other end closed the connection: it has another secret, so is no rank of this start"
                            : "the other end closed the connection");
        }
        return !bytes.hasRemaining();
    }

    private void next(Stage to, ByteBuffer moves) {
        stage = to;
        bytes = moves;
    }

    private void goOnConnecting() throws IOException {
        switch (stage) {
            case CHALLENGE -> {
                requireMagic(bytes.getLong(0));
                theirs = Arrays.copyOfRange(bytes.array(), 8, CHALLENGE_BYTES);
                next(
                        Stage.INTRODUCTION,
                        ByteBuffer.allocate(INTRODUCTION_BYTES)
                                .putLong(MAGIC)
                                .putInt(way.from())
                                .putInt(way.use().ordinal())
                                .put(mine)
                                .put(proof.of(true, mine, theirs, way))
                                .flip());
            }
            case INTRODUCTION -> next(Stage.ANSWER, ByteBuffer.allocate(Proof.BYTES));
            default -> {
                if (!Proof.equal(bytes.array(), proof.of(false, mine, theirs, way))) {
                    throw new IOException("the other end does not know the secret, so is no rank of this start");
                }
                next(Stage.DONE, null);
            }
        }
    }

    private void goOnConnected() throws IOException {
        switch (stage) {
            case CHALLENGE -> next(Stage.INTRODUCTION, ByteBuffer.allocate(INTRODUCTION_BYTES));
            case INTRODUCTION -> {
                requireMagic(bytes.getLong(0));
                int use = bytes.getInt(12);
                if (use < 0 || use >= Way.Use.values().length) {
                    throw new IOException("the other end wants what there is not");
                }
                way = new Way(bytes.getInt(8), rank, Way.Use.values()[use]);
                theirs = Arrays.copyOfRange(bytes.array(), 16, 16 + Proof.BYTES);
                byte[] answer = Arrays.copyOfRange(bytes.array(), 16 + Proof.BYTES, INTRODUCTION_BYTES);
                if (!Proof.equal(answer, proof.of(true, theirs, mine, way))) {
                    throw new IOException("the other end does not know the secret");
                }
                next(Stage.ANSWER, ByteBuffer.wrap(proof.of(false, theirs, mine, way)));
            }
            default -> next(Stage.DONE, null);
        }
    }

    private static void requireMagic(long magic) throws IOException {
        if (magic != MAGIC) {
            throw new IOException("the other end is no rank");
        }
    }
}
