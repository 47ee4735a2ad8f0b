package io.sparktron.kernels.host;

import java.util.concurrent.locks.LockSupport;

/**
 * A fixed crew for loops over independent pieces: the calling thread and {@code threads - 1} daemons. Which thread does which
 * pieces is decided by their number alone (no stealing), and no result may depend on it.
 *
 * <p>One thread at a time may call; it belongs to one rank, as the crew does.
 */
final class Workers implements AutoCloseable {
    /** Body of a loop: the pieces {@code from ... to - 1}, on worker {@code worker}. */
    @FunctionalInterface
    interface Range {
        void run(int worker, long from, long to);
    }

    /** Rounds of {@link Thread#onSpinWait} before a waiting thread yields, and of yields before it parks. */
    private static final int SPINS = 2_000;

    private static final int YIELDS = 50;

    private final Worker[] helpers;

    Workers(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("device.threads is " + threads + ", must be at least 1");
        }
        helpers = new Worker[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = new Worker(i + 1);
            helpers[i].start();
        }
    }

    int threads() {
        return helpers.length + 1;
    }

    /**
     * Runs {@code body} over {@code 0 ... count - 1}, cut into at most one contiguous range per thread; returns when all are done.
     *
     * @param grain least number of pieces worth a thread of their own
     */
    void run(long count, long grain, Range body) {
        int parts = (int) Math.max(1, Math.min(threads(), count / Math.max(1, grain)));
        for (int part = 1; part < parts; part++) {
            helpers[part - 1].assign(body, count * part / parts, count * (part + 1) / parts);
        }
        Throwable failure = null;
        try {
            body.run(0, 0, count / parts);
        } catch (Throwable thrown) {
            failure = thrown;
        }
        for (int part = 1; part < parts; part++) {
            Throwable thrown = helpers[part - 1].await();
            failure = failure == null ? thrown : failure;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    @Override
    public void close() {
        for (Worker helper : helpers) {
            helper.leave();
        }
    }

    /** One helper and its mailbox: the caller fills the fields, then publishes them by {@code state}. */
    private static final class Worker extends Thread {
        private static final int IDLE = 0;
        private static final int ASSIGNED = 1;
        private static final int LEAVING = 2;

        private final int index;
        private volatile int state = IDLE;
        private volatile Thread waiting;
        private Range body;
        private long from;
        private long to;
        private Throwable failure;

        Worker(int index) {
            super("sparktron-worker-" + index);
            this.index = index;
            setDaemon(true);
        }

        void assign(Range work, long first, long end) {
            body = work;
            from = first;
            to = end;
            failure = null;
            waiting = Thread.currentThread();
            state = ASSIGNED;
            LockSupport.unpark(this);
        }

        /** Waits for the assigned range; what it threw, or null. */
        Throwable await() {
            waitWhile(ASSIGNED);
            return failure;
        }

        void leave() {
            state = LEAVING;
            LockSupport.unpark(this);
        }

        @Override
        public void run() {
            while (waitWhile(IDLE) == ASSIGNED) {
                try {
                    body.run(index, from, to);
                } catch (Throwable thrown) {
                    failure = thrown;
                }
                body = null;
                state = IDLE;
                LockSupport.unpark(waiting);
            }
        }

        /** The first state other than {@code old}. Spins, then yields, then parks. */
        private int waitWhile(int old) {
            int seen = state;
            for (int round = 0; seen == old; round++) {
                if (round < SPINS) {
                    Thread.onSpinWait();
                } else if (round < SPINS + YIELDS) {
                    Thread.yield();
                } else {
                    LockSupport.park(this);
                }
                seen = state;
            }
            return seen;
        }
    }
}
