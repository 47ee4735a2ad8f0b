package io.sparktron.collective;

import java.time.Duration;

/** Chooses what carries a group's collectives. */
public final class Communicators {
    private Communicators() {}

    /**
     * The group of all ranks of a rendezvous, which run on one host: it carries their collectives in shared memory.
     *
     * @param name what the group is called in errors
     * @param timeLimit how long a rank waits for a peer that makes no progress at all
     * @throws CommunicatorException on all ranks, if they do not all run on one host or cannot map each other's memory
     */
    public static Communicator onOneHost(String name, Rendezvous rendezvous, Duration timeLimit) {
        return GroupCommunicator.of(Opening.open(name, rendezvous, HostIdentity.current(), null, timeLimit), name);
    }

    /**
     * The group of all ranks of a rendezvous; all of them call it. Ranks of one host share memory, ranks of different hosts talk over TCP; so do the
     * groups that are split from it, and a group whose ranks are on one host shares memory whatever its parent does.
     *
     * @param name what the group is called in errors
     * @param host on which this rank counts as running
     * @param network how ranks of other hosts reach it
     * @param timeLimit how long a rank waits for a peer that makes no progress at all
     * @throws CommunicatorException on all ranks, if two of them cannot reach each other
     */
    public static Communicator open(
            String name, Rendezvous rendezvous, HostIdentity host, Network network, Duration timeLimit) {
        return GroupCommunicator.of(Opening.open(name, rendezvous, host, network, timeLimit), name);
    }
}
