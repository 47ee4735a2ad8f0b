package io.sparktron.collective;

import java.time.Duration;

/** Opens communicators whose ranks all run on one host. */
public final class SharedMemoryCommunicator {
    private SharedMemoryCommunicator() {}

    /**
     * The group of all ranks of a rendezvous; all of them call it.
     *
     * @param name what the group is called in errors
     * @param timeLimit how long a rank waits for a peer that makes no progress at all
     * @throws CommunicatorException on all ranks, if they do not all run on one host or cannot map each other's memory
     */
    public static Communicator open(String name, Rendezvous rendezvous, Duration timeLimit) {
        World world = Opening.open(name, rendezvous, HostIdentity.current(), null, timeLimit);
        return GroupCommunicator.of(world, name);
    }
}
