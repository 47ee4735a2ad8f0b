package io.sparktron.collective;

import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One rank's view of all ranks of an opened communicator, shared by the groups split from it: who they are, the memory that they can reach,
 * and whether one of them aborted.
 */
final class World implements AutoCloseable {
    private final int rank;
    private final int size;
    private final Duration timeLimit;
    private final List<Member> members = new ArrayList<>();
    private final List<Board> boards = new ArrayList<>();
    /** Segments of peers by owner and serial; touched by the rank's own thread only. */
    private final List<Map<Integer, Segment>> mapped = new ArrayList<>();

    /** Segments of this rank by address. */
    private final Map<Long, Segment> own = new ConcurrentHashMap<>();

    private final List<GroupSlots> groups = new ArrayList<>();
    /** Held by the rank's own thread inside a collective. */
    private final ReentrantLock collective = new ReentrantLock();

    private int serial;
    private volatile boolean closing;
    private boolean closed;

    private World(int rank, int size, Duration timeLimit) {
        this.rank = rank;
        this.size = size;
        this.timeLimit = timeLimit;
    }

    /** Meets all ranks; they all succeed or all fail. */
    static World open(String name, Rendezvous rendezvous, Duration timeLimit) {
        World world = new World(rendezvous.rank(), rendezvous.size(), timeLimit);
        try {
            world.meet(name, rendezvous);
            return world;
        } catch (RuntimeException e) {
            world.close();
            throw e;
        }
    }

    private void meet(String name, Rendezvous rendezvous) {
        Board board = new Board(create("board", Board.BYTES, false));
        long token = ThreadLocalRandom.current().nextLong();
        board.writeToken(token);
        if (rank == 0) {
            board.writeSlots(
                    create("slots of " + name, GroupSlots.bytes(size), false).handle());
        }
        Member self = Member.self(rank, board.segment().handle(), token);
        List<String> messages = rendezvous.allGather(self.encode());
        String problem = "";
        try {
            for (int peer = 0; peer < size; peer++) {
                members.add(Member.decode(peer, messages.get(peer)));
                mapped.add(new HashMap<>());
            }
            requireOneHost(name);
            for (int peer = 0; peer < size; peer++) {
                boards.add(peer == rank ? board : boardOf(members.get(peer)));
            }
            reach(boards.get(0).slots());
        } catch (RuntimeException e) {
            problem = "rank " + rank + ": " + e.getMessage();
        }
        for (String answer : rendezvous.allGather(problem)) {
            if (!answer.isEmpty()) {
                throw new CommunicatorException("cannot open communicator " + name + ": " + answer);
            }
        }
    }

    private void requireOneHost(String name) {
        Member first = members.get(0);
        for (Member member : members) {
            if (!member.host().sharesMemoryWith(first.host())) {
                throw new CommunicatorException("rank " + first.rank() + " runs on host " + first.host() + " and rank "
                        + member.rank() + " on host " + member.host() + "; ranks of communicator " + name
                        + " share memory, so all must run on one host");
            }
        }
    }

    private Board boardOf(Member member) {
        Board board = new Board(Segment.open(member, member.board()));
        mapped.get(member.rank()).put(member.board().serial(), board.segment());
        if (board.token() != member.token()) {
            throw new CommunicatorException("descriptor " + member.board().descriptor() + " of process "
                    + member.process().id() + " is not the board of " + member
                    + ": /proc shows another process namespace");
        }
        return board;
    }

    int rank() {
        return rank;
    }

    int size() {
        return size;
    }

    Duration timeLimit() {
        return timeLimit;
    }

    Member member(int peer) {
        return members.get(peer);
    }

    Board board(int peer) {
        return boards.get(peer);
    }

    /** Memory that every rank reaches until it or this rank's world is closed. */
    HostMemory allocate(String purpose, long bytes) {
        return create(purpose, bytes, true).memory();
    }

    /** Memory of this rank that peers reach; {@code data} gives its pages back as soon as it is closed here. */
    synchronized Segment create(String purpose, long bytes, boolean data) {
        if (closed) {
            throw new CommunicatorException("rank " + rank + " asks for memory for " + purpose + " after it has left");
        }
        Segment segment = Segment.create(rank, serial++, purpose, bytes, data, own::remove);
        own.put(segment.memory().address(), segment);
        return segment;
    }

    /** How peers find the tensor's memory; null if it is not shared. */
    Segment.Handle locate(Tensor tensor) {
        Segment segment = own.get(tensor.memory().address());
        return segment == null || segment.memory() != tensor.memory() ? null : segment.handle();
    }

    /** The memory behind a handle, mapped here when it is first asked for. */
    HostMemory reach(Segment.Handle handle) {
        if (handle.owner() == rank) {
            for (Segment segment : own.values()) {
                if (segment.handle().serial() == handle.serial()) {
                    return segment.memory();
                }
            }
            throw new IllegalStateException("rank " + rank + " has no segment " + handle);
        }
        return mapped.get(handle.owner())
                .computeIfAbsent(handle.serial(), serial -> Segment.open(members.get(handle.owner()), handle))
                .memory();
    }

    void add(GroupSlots group) {
        groups.add(group);
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

    /** Two ranks may find an error at once: both report the one that stands on rank 0's board. */
    private CommunicatorException firstCause(CommunicatorException found) {
        String cause = closing ? null : boards.get(0).cause();
        return cause == null || cause.equals(found.getMessage()) ? found : new CommunicatorException(cause, found);
    }

    /** Throws if this rank has left, was interrupted, or any rank aborted. */
    void failIfStopped(String group) {
        if (closing) {
            throw new CommunicatorException("group " + group + ": rank " + rank + " has left");
        }
        String cause = boards.get(0).cause();
        if (cause != null) {
            throw new CommunicatorException(cause);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new CommunicatorException("group " + group + ": rank " + rank + " was interrupted");
        }
    }

    /** A member whose process ended before it left; null if there is none. */
    Member dead() {
        for (Member member : members) {
            if (member.rank() != rank
                    && !member.alive()
                    && !boards.get(member.rank()).hasLeft()) {
                return member;
            }
        }
        return null;
    }

    /** Counts one more thing that this rank has passed. */
    synchronized void progress() {
        if (!closed && boards.size() == size) {
            boards.get(rank).countProgress();
        }
    }

    /** Makes all collectives of all ranks fail; the first cause stays. */
    synchronized void abort(String cause) {
        if (!closed && !boards.isEmpty()) {
            boards.get(0).writeCause(cause);
        }
    }

    /** Leaves one group. */
    void leave(GroupSlots group) {
        collective.lock();
        try {
            group.leave();
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
                groups.forEach(GroupSlots::leave);
                if (boards.size() == size) {
                    boards.get(rank).leave();
                }
                closed = true;
                own.values().forEach(segment -> segment.memory().close());
                mapped.forEach(segments ->
                        segments.values().forEach(segment -> segment.memory().close()));
            }
        } finally {
            collective.unlock();
        }
    }
}
