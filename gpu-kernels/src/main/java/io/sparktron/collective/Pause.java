package io.sparktron.collective;

import java.util.concurrent.locks.LockSupport;

/**
 * How a rank waits for a peer that may answer within a microsecond or after minutes: it spins, if the ranks have a core each, then yields, then
 * takes naps of a twentieth of what it has waited so far. So a wait is never much longer than it had to be, and a long one leaves the core
 * to others.
 */
final class Pause {
    /** Rounds of {@link Thread#onSpinWait}: some microseconds. */
    private static final int SPINS = 300;

    private static final long YIELD_NANOSECONDS = 200_000;
    private static final long SHORTEST_NAP = 50_000;
    private static final long LONGEST_NAP = 2_000_000;

    private final int spins;
    private int rounds;
    private long begin;

    Pause(boolean coreEach) {
        this.spins = coreEach ? SPINS : 0;
    }

    /** A new wait. */
    void begin() {
        rounds = 0;
    }

    /** Pauses once; nanoseconds waited, 0 while still spinning. */
    long once() {
        if (rounds < spins) {
            rounds++;
            Thread.onSpinWait();
            return 0;
        }
        long now = System.nanoTime();
        if (rounds == spins) {
            rounds++;
            begin = now;
        }
        long waited = now - begin;
        if (waited < YIELD_NANOSECONDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(Math.max(SHORTEST_NAP, Math.min(LONGEST_NAP, waited / 20)));
        }
        return Math.max(1, waited);
    }
}
