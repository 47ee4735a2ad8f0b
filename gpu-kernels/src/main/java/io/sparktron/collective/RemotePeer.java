package io.sparktron.collective;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A rank of another host, seen through what its signals say. Written by the thread of {@link Signals}, read by the rank's own. */
final class RemotePeer implements Peer {
    private static final long SILENT_FROM = Duration.ofSeconds(2).toNanos();

    private final Map<Long, Long> stepsByGroupLeft = new ConcurrentHashMap<>();
    private volatile long progress;
    private volatile int waitsFor = -1;
    private volatile boolean left;
    private volatile String lost;
    private volatile long heardAt = System.nanoTime();

    @Override
    public long progress() {
        return progress;
    }

    @Override
    public int waitsFor() {
        return waitsFor;
    }

    @Override
    public String lost() {
        return lost;
    }

    @Override
    public String remark() {
        long silent = System.nanoTime() - heardAt;
        return isSilent()
                ? " (nothing was heard of it for " + Duration.ofNanos(silent).toMillis() / 1000.0
                        + " s: its process is stopped or its host out of reach)"
                : "";
    }

    /** Whether its last sign of life is older than it should be. */
    boolean isSilent() {
        return System.nanoTime() - heardAt > SILENT_FROM;
    }

    @Override
    public boolean hasLeft() {
        return left;
    }

    /** Whether it has left a group before it came to a step. */
    boolean leftBefore(long group, long step) {
        Long steps = stepsByGroupLeft.get(group);
        return steps != null && steps < step;
    }

    void heard() {
        heardAt = System.nanoTime();
    }

    void state(long newProgress, int newWaitsFor) {
        progress = newProgress;
        waitsFor = newWaitsFor;
    }

    void leftGroup(long group, long steps) {
        stepsByGroupLeft.put(group, steps);
    }

    void left() {
        left = true;
    }

    void lost(String why) {
        if (!left) {
            lost = why;
        }
    }
}
