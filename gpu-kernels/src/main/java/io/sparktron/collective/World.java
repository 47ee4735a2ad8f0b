package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One rank's view of all ranks of an opened communicator, shared by the groups split from it: who they are, the ways to them, and whether
 * one of them aborted.
 */
final class World implements AutoCloseable {
    private final int rank;
    private final Duration timeLimit;
    private final List<Member> members;
    private final List<Peer> peers;
    private final Board board;
    /** That of the first rank on this host: there stands the cause for which all must stop. */
    private final Board causes;

    private final Segments segments;
    private final Links links;
    private final Signals signals;
    private final Pieces pieces = new Pieces();
    private final List<Meeting> meetings = new ArrayList<>();
    /** Held by the rank's own thread inside a collective. */
    private final ReentrantLock collective = new ReentrantLock();

    private volatile boolean closing;
    private boolean closed;
    private long progressAtEnd;

    /**
     * @param peers by rank; this rank's own board for itself
     * @param links null if all ranks run on one host, and so {@code signals}
     */
    World(
            int rank,
            Duration timeLimit,
            List<Member> members,
            List<Peer> peers,
            Board board,
            Board causes,
            Segments segments,
            Links links,
            Signals signals) {
        this.rank = rank;
        this.timeLimit = timeLimit;
        this.members = members;
        this.peers = peers;
        this.board = board;
        this.causes = causes;
        this.segments = segments;
        this.links = links;
        this.signals = signals;
    }

    int rank() {
        return rank;
    }

    int size() {
        return members.size();
    }

    Duration timeLimit() {
        return timeLimit;
    }

    Segments segments() {
        return segments;
    }

    Pieces pieces() {
        return pieces;
    }

    /** This rank's own. */
    Board board() {
        return board;
    }

    Peer peer(int other) {
        return peers.get(other);
    }

    /** Where the ranks of this host meet; null if this one is alone on it among several. */
    Segment.Handle slots() {
        return ranksHere() == 1 && size() > 1 ? null : causes.slots();
    }

    /** Whether a rank shares memory with this one. */
    boolean isHere(int other) {
        return areTogether(rank, other);
    }

    /** Whether two ranks share memory. */
    boolean areTogether(int one, int other) {
        return members.get(one).host().sharesMemoryWith(members.get(other).host());
    }

    /** How many ranks share memory with this one, itself included. */
    int ranksHere() {
        int here = 0;
        for (int other = 0; other < size(); other++) {
            here += isHere(other) ? 1 : 0;
        }
        return here;
    }

    /** A rank, its process and host, and the address at which it is reached if that is another host. */
    String describe(int other) {
        return members.get(other) + (isHere(other) ? "" : " at " + links.address(other));
    }

    /** The memory behind a handle of a rank of this host. */
    HostMemory reach(Segment.Handle handle) {
        return segments.reach(members.get(handle.owner()), handle);
    }

    /** Memory that every rank of this host reaches until it or this rank's world is closed. */
    HostMemory allocate(String purpose, long bytes) {
        return segments.create(purpose, bytes, true).memory();
    }

    /** The connection with a rank of another host; null for ranks of this one. */
    Link link(int other) {
        return links == null ? null : links.link(other);
    }

    Links links() {
        return links;
    }

    Signals signals() {
        return signals;
    }

    void add(Meeting meeting) {
        meetings.add(meeting);
    }

    /** Runs part of the rank's program; what makes it fail makes all ranks fail. */
    void run(String group, Runnable collectiveWork) {
        collective.lock();
        try {
            failIfStopped(group);
            collectiveWork.run();
        } catch (CommunicatorException e) {
            abort(e.getMessage());
            throw firstCause(e);
        } catch (RuntimeException e) {
            abort("group " + group + ": rank " + rank + " failed: " + e);
            throw e;
        } finally {
            collective.unlock();
        }
    }

    /** Two ranks may find an error at once: both report the one that stands. */
    private CommunicatorException firstCause(CommunicatorException found) {
        String cause = closing ? null : cause();
        return cause == null || cause.equals(found.getMessage()) ? found : new CommunicatorException(cause, found);
    }

    /** Why all must stop, once that is decided if a cause was proposed here; null if nothing was. */
    private String cause() {
        String cause = causes.cause();
        return cause == null && signals != null ? signals.decided() : cause;
    }

    /** Throws if this rank has left, was interrupted, or any rank aborted. */
    void failIfStopped(String group) {
        if (closing) {
            throw new CommunicatorException("group " + group + ": rank " + rank + " has left");
        }
        String cause = cause();
        if (cause != null) {
            throw new CommunicatorException(cause);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new CommunicatorException("group " + group + ": rank " + rank + " was interrupted");
        }
    }

    /** Counts one more thing that this rank has passed. */
    synchronized void progress() {
        if (!closed) {
            board.countProgress();
        }
    }

    /** The number of these things; it stands still once this rank has left. */
    synchronized long progressed() {
        return closed ? progressAtEnd : board.progress();
    }

    /** The sum of it over all ranks. */
    synchronized long progressedOfAll() {
        long sum = 0;
        for (int other = 0; !closed && other < size(); other++) {
            sum += peer(other).progress();
        }
        return closed ? progressAtEnd : sum;
    }

    /** Why collectives fail, or null; also looks for a rank that is lost or, if that counts, has left. */
    synchronized String failure(Group group, String waitsIn, boolean left) {
        if (closed) {
            return "group " + group.name() + ": rank " + group.rank() + " has left";
        }
        for (int other = 0; other < size() && cause() == null; other++) {
            String lost = other == rank ? null : peer(other).lost();
            if (lost == null && left && other != rank && peer(other).hasLeft()) {
                lost = "left";
            }
            if (lost != null) {
                abort("group " + group.name() + ": " + describe(other) + ", " + lost
                        + (waitsIn == null ? "" : "; rank " + group.rank() + " waits in " + waitsIn));
            }
        }
        return cause();
    }

    /** Makes all collectives of all ranks fail; the first cause stays. */
    synchronized void abort(String cause) {
        if (closed) {
            return;
        }
        if (signals == null) {
            causes.writeCause(cause);
        } else {
            signals.propose(cause);
        }
    }

    /** Leaves one group. */
    void leave(Meeting meeting) {
        collective.lock();
        try {
            meeting.leave();
        } finally {
            collective.unlock();
        }
    }

    /** Leaves all groups and unmaps everything. A collective that another thread has pending here fails first. */
    @Override
    public void close() {
        closing = true;
        collective.lock();
        try {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
                progressAtEnd = board.progress();
                meetings.forEach(Meeting::leave);
                board.leave();
            }
            if (signals != null) {
                signals.close();
                links.close();
            }
            segments.close();
        } finally {
            collective.unlock();
        }
    }
}
