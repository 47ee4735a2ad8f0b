package io.sparktron.collective.nccl;

import io.sparktron.jnccl.JNCCL;
import io.sparktron.jnccl.ncclComm;
import io.sparktron.jnccl.ncclConfig;
import io.sparktron.jnccl.ncclResult;
import io.sparktron.jnccl.ncclUniqueId;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;

/**
 * A communicator of NCCL that does not block, so that it can be aborted whatever it does. One thread calls, another may look or abort at any moment: up to NCCL 2.22 a call may wait for the
 * peers all the same.
 */
final class NcclGroup {
    private static final int SPINS = 1_000;
    private static final long PAUSE_NANOSECONDS = 50_000;

    /** How long an abort waits for a call that should be short, before it ends it. */
    private static final long PATIENCE_SECONDS = 2;

    private final NcclRank rank;
    private final ncclComm comm = new ncclComm();
    private final ReentrantLock lock = new ReentrantLock();
    /** Whoever sets it frees the communicator; it may be set without the lock. */
    private final AtomicBoolean freed = new AtomicBoolean();

    NcclGroup(NcclRank rank) {
        this.rank = rank;
    }

    /** Meets the other ranks; the rank's device is current. */
    void open(int size, ncclUniqueId id, int number) {
        ncclConfig config = new ncclConfig();
        config.blocking = 0;
        run("ncclCommInitRankConfig", c -> JNCCL.ncclCommInitRankConfig(c, size, id, number, config));
    }

    /**
     * Makes a call and waits until NCCL has done what it says, which is not until the GPU has. It may wait for the peers, until the rank is stopped.
     *
     * @param name the call or the collective, which errors write
     */
    void run(Object name, ToIntFunction<ncclComm> function) {
        int result = call(name, function);
        for (int round = 0; result == ncclResult.ncclInProgress; round++) {
            rank.failIfStopped();
            if (round < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOSECONDS);
            }
            result = state(name);
        }
    }

    private int call(Object name, ToIntFunction<ncclComm> function) {
        lock.lock();
        try {
            rank.failIfStopped();
            int result = function.applyAsInt(comm);
            NcclRank.check(name, result);
            return result;
        } finally {
            lock.unlock();
        }
    }

    /** Success or in progress; throws what has failed in {@code call}. */
    int state(Object call) {
        lock.lock();
        try {
            if (freed.get()) {
                return ncclResult.ncclSuccess;
            }
            if (comm.handle() == 0) {
                return ncclResult.ncclInProgress;
            }
            int[] state = new int[1];
            NcclRank.check("ncclCommGetAsyncError", JNCCL.ncclCommGetAsyncError(comm, state));
            NcclRank.check(call, state[0]);
            return state[0];
        } finally {
            lock.unlock();
        }
    }

    /** Throws as {@link #state} does, for a thread that must not wait for one that is in a call: false where there is such a call. */
    boolean glance(Object call) {
        if (!lock.tryLock()) {
            return false;
        }
        try {
            state(call);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends what it does, without the peers; any thread. */
    void abort() {
        boolean locked = false;
        try {
            locked = lock.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            if (comm.handle() != 0 && freed.compareAndSet(false, true)) {
                NcclRank.check("ncclCommAbort", JNCCL.ncclCommAbort(comm));
            }
        } finally {
            if (locked) {
                lock.unlock();
            }
        }
    }

    /** Frees it together with the peers; all its work is done. */
    void close() {
        run("ncclCommFinalize", JNCCL::ncclCommFinalize);
        lock.lock();
        try {
            if (freed.compareAndSet(false, true)) {
                NcclRank.check("ncclCommDestroy", JNCCL.ncclCommDestroy(comm));
            }
        } finally {
            lock.unlock();
        }
    }
}
