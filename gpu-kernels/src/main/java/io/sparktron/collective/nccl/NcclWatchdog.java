package io.sparktron.collective.nccl;

import io.sparktron.collective.CommunicatorException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A thread of each rank that looks after its collectives: whether NCCL reports an error, whether a peer has aborted, died or left, and whether anything moves.
 */
final class NcclWatchdog implements AutoCloseable {
    private static final long EVERY_MILLISECONDS = 50;

    /** How long after a rank has left its last data may still be on the way. */
    private static final long FAREWELL = Duration.ofSeconds(3).toNanos();

    private final NcclRank rank;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Thread thread;
    private long completed;
    private long progress;
    private long movedAt = System.nanoTime();

    NcclWatchdog(NcclRank rank) {
        this.rank = rank;
    }

    /** Starts to watch, if it does not yet. */
    synchronized void begin() {
        if (thread == null) {
            thread = new Thread(
                    this::run, "sparktron-nccl-watchdog-" + rank.host().rank());
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run() {
        try {
            while (!closed.await(EVERY_MILLISECONDS, TimeUnit.MILLISECONDS) && !rank.stopped()) {
                try {
                    look();
                } catch (CommunicatorException e) {
                    rank.fail(rank.host(), e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            rank.fail(rank.host(), "cannot watch its collectives: " + e);
        }
    }

    private void look() {
        long done = 0;
        boolean known = true;
        NcclCommunicator waiting = null;
        String waitsIn = null;
        for (NcclCommunicator communicator : rank.communicators()) {
            NcclCommunicator.Look look = communicator.look();
            if (look.error() != null) {
                rank.fail(communicator.host(), look.error());
                return;
            }
            done += communicator.completed();
            known &= look.known();
            if (waiting == null && look.waitsIn() != null) {
                waiting = communicator;
                waitsIn = look.waitsIn().toString();
            }
        }
        if (done != completed) {
            rank.host().progress();
        }
        long now = System.nanoTime();
        long others = rank.host().progressedOfAll();
        if (done != completed || others != progress || waiting == null) {
            completed = done;
            progress = others;
            movedAt = now;
        }
        if (waiting == null && !known) {
            return; // the rank's thread looks at what has just ended, and knows what to say if that failed
        }
        boolean still = waiting != null && now - movedAt > FAREWELL;
        String failure = waiting == null
                ? rank.host().failure(null, false)
                : waiting.host().failure(waitsIn, still);
        if (failure != null) {
            rank.stop(failure);
        } else if (now - movedAt > rank.settings().timeLimit().toNanos()) {
            rank.fail(
                    waiting.host(),
                    "waits in " + waitsIn + " after " + waiting.completed()
                            + " collectives of the group, and no rank made progress within "
                            + rank.settings().timeLimit().toMillis() / 1000.0 + " s");
        }
    }

    @Override
    public void close() {
        closed.countDown();
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null && running != Thread.currentThread()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
