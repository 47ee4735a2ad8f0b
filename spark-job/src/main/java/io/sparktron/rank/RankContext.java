package io.sparktron.rank;

import io.sparktron.collective.Communicator;
import io.sparktron.kernels.cuda.CudaGpu;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;

/** Where a {@link RankProgram} finds itself. */
public interface RankContext {
    /** This rank, 0 ... {@link #ranks} - 1: consecutive ranks share a host where that is possible. */
    int rank();

    int ranks();

    /** Name of the host that this rank runs on. */
    String host();

    /** Ranks that run on this rank's host, itself included. */
    int ranksOnHost();

    /** The GPU that this rank computes on, and no other rank; empty if all ranks compute on processors. */
    default Optional<CudaGpu> gpu() {
        return Optional.empty();
    }

    /** How long a rank waits for a peer that makes no progress at all. */
    default Duration peerTimeout() {
        return Duration.ofSeconds(60);
    }

    /** Bytes beside the Java heap that this rank's part of its process may have, where a limit is known. */
    default OptionalLong memoryLimit() {
        return OptionalLong.empty();
    }

    /** All ranks of the job; open for as long as the program runs. */
    Communicator world();

    /**
     * Shows this rank's peers that it works, after a block of a file say, and ends it if the job was cancelled. Any thread, but only for what the rank's own waits for.
     */
    default void pass() {
        world().progress();
        if (cancelled()) {
            throw new CancellationException("rank " + rank() + " ends: the job was cancelled");
        }
    }

    /** Sends a message to the driver without waiting for it; messages of one rank arrive in order. */
    void report(Serializable message);

    /** Whether the job was cancelled; a program looks at it once a step and returns by throwing. */
    boolean cancelled();

    /**
     * Whether somebody wishes the job to keep what it has and to end early. It says so without delay, but to one rank sooner than to another and to some never:
     * ranks agree among themselves before they act.
     */
    boolean stopRequested();
}
