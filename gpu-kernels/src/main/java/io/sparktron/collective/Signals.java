package io.sparktron.collective;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What a rank and the ranks of other hosts tell each other outside of collectives: that they live, work, wait or leave, and why all must stop.
 * A thread of its own, so that a rank that computes is heard and hears.
 *
 * <p>One cause stands for all. It is decided by the lowest rank that can be reached: whoever finds one proposes it there, and takes what that rank
 * answers; if there is no answer in time, its own cause stands. On a host, the cause lies on the board of the first rank there.
 */
final class Signals implements AutoCloseable {
    private static final long BEAT = Duration.ofMillis(200).toNanos();
    private static final long UNSENT = Duration.ofMillis(5).toNanos();
    private static final long ANSWER_WITHIN = Duration.ofSeconds(2).toNanos();
    private static final long FAREWELL_WITHIN = Duration.ofSeconds(1).toNanos();

    private final int rank;
    private final Board board;
    private final Board causes;
    /** By rank of the world; null for ranks of this host. */
    private final SignalLine[] lines;

    private final Selector selector;
    private final Thread thread;
    private volatile boolean ending;
    private volatile String proposal;
    private long proposedAt;
    private int proposedTo = -1;
    private long nextBeat = System.nanoTime();

    /**
     * Starts to signal.
     *
     * @param board this rank's
     * @param causes where the cause stands on this host
     * @param lines by rank of the world; null for ranks of this host
     */
    Signals(int rank, Board board, Board causes, SignalLine[] lines) throws IOException {
        this.rank = rank;
        this.board = board;
        this.causes = causes;
        this.lines = lines;
        this.selector = Selector.open();
        for (SignalLine line : lines) {
            if (line != null) {
                line.channel().register(selector, SelectionKey.OP_READ, line);
            }
        }
        this.thread = new Thread(this::run, "sparktron-signals-" + rank);
        thread.setDaemon(true);
        thread.start();
    }

    /** Proposes a cause for which all must stop; any thread. */
    synchronized void propose(String cause) {
        if (proposal == null) {
            proposedAt = System.nanoTime();
            proposal = cause;
            settle();
        }
        selector.wakeup();
    }

    /** If a cause was proposed here, that which stands once this is decided; else null. */
    String decided() {
        if (proposal == null) {
            return null;
        }
        String cause = causes.cause();
        while (cause == null && thread.isAlive()) {
            LockSupport.parkNanos(100_000);
            cause = causes.cause();
        }
        return cause == null ? proposal : cause;
    }

    /** Tells the ranks of a group that this one makes no further step in it. */
    void leaveGroup(Group group, long steps) {
        for (int peer : group.ranks()) {
            if (lines[peer] != null) {
                lines[peer].sendLeftGroup(group.id(), steps);
            }
        }
        selector.wakeup();
    }

    private void run() {
        try {
            while (!ending) {
                selector.select(key -> ((SignalLine) key.attachment()).receive(this::take), timeout());
                settle();
                send();
            }
            farewell();
        } catch (IOException | RuntimeException e) {
            causes.writeCause("rank " + rank + " can signal no more: " + e);
        } finally {
            for (SignalLine line : lines) {
                if (line != null) {
                    line.close();
                }
            }
        }
    }

    /** Milliseconds. */
    private long timeout() {
        boolean unsent = proposal != null && causes.cause() == null;
        for (SignalLine line : lines) {
            unsent |= line != null && line.hasUnsent();
        }
        long left = Math.min(unsent ? UNSENT : BEAT, nextBeat - System.nanoTime());
        return Math.max(1, Duration.ofNanos(left).toMillis());
    }

    private void send() {
        boolean beat = System.nanoTime() - nextBeat >= 0;
        if (beat) {
            nextBeat = System.nanoTime() + BEAT;
        }
        for (SignalLine line : lines) {
            if (line != null) {
                if (beat) {
                    line.sendState(board.progress(), board.waitsFor());
                }
                line.flush();
            }
        }
    }

    private void take(SignalLine line, SignalLine.Kind kind, ByteBuffer body) {
        RemotePeer peer = line.peer();
        switch (kind) {
            case STATE -> peer.state(body.getLong(), body.getInt());
            case LEFT_GROUP -> peer.leftGroup(body.getLong(), body.getLong());
            case LEFT -> {
                peer.left();
                line.close();
            }
            case PROPOSAL, CAUSE ->
                causes.writeCause(StandardCharsets.UTF_8.decode(body).toString());
            default -> throw new IllegalStateException("signal " + kind);
        }
    }

    /** Carries a proposal to whom it belongs, and the cause to all. */
    private synchronized void settle() {
        String cause = causes.cause();
        if (cause == null && proposal != null) {
            int decider = decider();
            if (decider == rank || System.nanoTime() - proposedAt > ANSWER_WITHIN) {
                causes.writeCause(proposal);
                cause = causes.cause();
            } else if (decider != proposedTo) {
                proposedTo = decider;
                lines[decider].sendProposal(proposal);
            }
        }
        if (cause != null) {
            for (SignalLine line : lines) {
                if (line != null) {
                    line.sendCause(cause);
                }
            }
        }
    }

    /** The lowest rank that can be reached: this one if that is on this host. */
    private int decider() {
        for (SignalLine line : lines) {
            if (line == null) {
                return rank;
            }
            RemotePeer peer = line.peer();
            if (!peer.hasLeft() && peer.lost() == null && !peer.isSilent()) {
                return line.rank();
            }
        }
        return rank;
    }

    private void farewell() {
        long end = System.nanoTime() + FAREWELL_WITHIN;
        settle();
        List<SignalLine> talking = Stream.of(lines).filter(Objects::nonNull).toList();
        talking.forEach(SignalLine::sendLeft);
        do {
            talking.forEach(SignalLine::flush);
        } while (talking.stream().anyMatch(SignalLine::hasUnsent) && System.nanoTime() - end < 0);
    }

    /** Says that this rank leaves, and ends. */
    @Override
    public void close() {
        ending = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            selector.close();
        } catch (IOException e) {
            throw new CommunicatorException("rank " + rank + " cannot end its signals: " + e, e);
        }
    }
}
