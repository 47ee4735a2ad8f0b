package io.sparktron.collective;

import java.time.Duration;

/**
 * How a rank waits for peers of its group, and when it gives up: at once if it was told to stop or if the awaited peer cannot come any more, else
 * once that peer has made no progress for as long as the time limit. A peer that waits in its turn makes the progress of whom it waits for.
 */
final class Patience {
    private static final long CHECK_EVERY = Duration.ofMillis(500).toNanos();

    private final World world;
    private final Group group;
    private final Pause pause;
    private int awaited;
    private long waited;
    private long checkedAt;
    private long progress;
    private long movedAt;

    /**
     * @param spins whether to spin before yielding: only where a look at the peer costs nothing and each rank has a core
     */
    Patience(World world, Group group, boolean spins) {
        this.world = world;
        this.group = group;
        this.pause = new Pause(spins);
    }

    /** A new wait. */
    void begin() {
        pause.begin();
        awaited = -1;
    }

    /** Waits a little; whether it is time for {@link #check}. */
    boolean pause() {
        waited = pause.once();
        return waited > 0;
    }

    /** Nanoseconds of this wait so far. */
    long waited() {
        return waited;
    }

    /**
     * Fails if there is no hope.
     *
     * @param peer the rank of the group that this one waits for now
     * @param has whether it has come to the step of this request
     * @param left whether it has left before
     */
    void check(int peer, Request request, boolean has, boolean left) {
        world.failIfStopped(group.name());
        if (left) {
            throw new CommunicatorException("group " + group.name() + ": " + member(peer) + " left while rank "
                    + group.rank() + " waits for it in " + request);
        }
        if (peer != awaited) {
            awaited = peer;
            progress = progress(group.ranks()[peer]);
            movedAt = waited;
            checkedAt = waited;
        }
        boolean late = waited - movedAt >= world.timeLimit().toNanos();
        if (late || waited - checkedAt >= CHECK_EVERY) {
            checkedAt = waited;
            world.board().waitsFor(group.ranks()[peer]);
            failIfLost(peer, request);
            long now = progress(group.ranks()[peer]);
            if (now != progress) {
                progress = now;
                movedAt = waited;
            } else if (late) {
                throw new CommunicatorException("group " + group.name() + ": " + member(peer) + " did not "
                        + (has ? "go on in " : "come to ") + request + " within "
                        + world.timeLimit().toMillis() / 1000.0 + " s; rank " + group.rank() + " waits for it"
                        + chain(group.ranks()[peer]));
            }
        }
    }

    /** The wait is over. */
    void end() {
        world.board().waitsFor(-1);
    }

    private void failIfLost(int peer, Request request) {
        for (int other = 0; other < world.size(); other++) {
            String lost = other == world.rank() ? null : world.peer(other).lost();
            if (lost != null) {
                throw new CommunicatorException("group " + group.name() + ": " + world.describe(other) + ", " + lost
                        + "; rank " + group.rank() + " waits for rank " + peer + " in " + request);
            }
        }
    }

    /** Moves if a rank does or, where it waits, the one at the end of its chain. */
    private long progress(int start) {
        long sum = 0;
        int waiting = start;
        for (int links = 0; links < world.size() && waiting >= 0 && waiting != world.rank(); links++) {
            sum += world.peer(waiting).progress();
            waiting = world.peer(waiting).waitsFor();
        }
        return sum;
    }

    /** For whom the awaited rank waits in its turn, and so on: the last in this chain is the one to look at. */
    private String chain(int start) {
        StringBuilder text = new StringBuilder(world.peer(start).remark());
        int waiting = world.peer(start).waitsFor();
        for (int links = 1; links < world.size() && waiting >= 0; links++) {
            text.append(", which waits for ").append(world.describe(waiting));
            if (waiting == world.rank()) {
                break;
            }
            text.append(world.peer(waiting).remark());
            waiting = world.peer(waiting).waitsFor();
        }
        return text.toString();
    }

    private String member(int peer) {
        return "rank " + peer + " (" + world.describe(group.ranks()[peer]) + ")";
    }
}
