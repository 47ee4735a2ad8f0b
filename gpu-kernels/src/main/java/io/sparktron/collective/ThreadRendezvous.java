package io.sparktron.collective;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The meeting place of ranks that are threads of one process. If one does not come in time or is interrupted, the meeting is broken
 * for all, now and later.
 */
public final class ThreadRendezvous {
    private final int size;
    private final Duration timeLimit;
    private final String[] messages;
    private List<String> result = List.of();
    private int arrived;
    private long meeting;
    private String broken;

    /**
     * @param timeLimit how long the first to come waits for the last
     */
    public ThreadRendezvous(int size, Duration timeLimit) {
        if (size < 1) {
            throw new IllegalArgumentException("a rendezvous of " + size + " ranks, must be at least 1");
        }
        this.size = size;
        this.timeLimit = timeLimit;
        this.messages = new String[size];
    }

    /** The end that thread {@code rank} uses. */
    public Rendezvous end(int rank) {
        if (rank < 0 || rank >= size) {
            throw new IllegalArgumentException("rank " + rank + " of a rendezvous of " + size);
        }
        return new Rendezvous() {
            @Override
            public int rank() {
                return rank;
            }

            @Override
            public int size() {
                return size;
            }

            @Override
            public List<String> allGather(String message) {
                return meet(rank, message);
            }
        };
    }

    /** Breaks the meeting: whoever waits or comes later fails with {@code cause}. A thread that fails before it could come calls it. */
    public synchronized void fail(String cause) {
        if (broken == null) {
            broken = cause;
        }
        notifyAll();
    }

    private synchronized List<String> meet(int rank, String message) {
        if (broken == null && messages[rank] != null) {
            fail("rank " + rank + " came twice to one meeting");
        }
        requireWhole();
        messages[rank] = message;
        long mine = meeting;
        if (++arrived == size) {
            result = new ArrayList<>(Arrays.asList(messages));
            Arrays.fill(messages, null);
            arrived = 0;
            meeting++;
            notifyAll();
            return List.copyOf(result);
        }
        long end = System.nanoTime() + timeLimit.toNanos();
        while (meeting == mine && broken == null) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                fail("waited " + timeLimit.toMillis() / 1000.0 + " s for ranks " + missing());
            } else {
                await(rank, left);
            }
        }
        if (meeting == mine) {
            requireWhole();
        }
        // Nobody can complete another meeting before this rank has come to it, so this is still the result of its own.
        return List.copyOf(result);
    }

    private void await(int rank, long nanoseconds) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanoseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("rank " + rank + " was interrupted");
        }
    }

    private void requireWhole() {
        if (broken != null) {
            throw new CommunicatorException("the rendezvous of " + size + " ranks is broken: " + broken);
        }
    }

    private List<Integer> missing() {
        List<Integer> missing = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            if (messages[rank] == null) {
                missing.add(rank);
            }
        }
        return missing;
    }
}
