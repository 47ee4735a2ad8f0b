package io.sparktron.collective;

import java.time.Duration;

/** On which hosts the ranks of a test count as running: all of them are on this one, and reach each other on its loopback addresses. */
enum Placement {
    /** All on one host: shared memory. */
    TOGETHER,
    /** Each on a host of its own: TCP. */
    APART,
    /** Two by two: 3 ranks as 2 + 1, 4 as 2 + 2. */
    PAIRS,
    /** Even ranks on one host, odd ones on another. */
    INTERLEAVED;

    private static final String SECRET = "the secret of a test";

    HostIdentity host(int rank) {
        int host = switch (this) {
            case TOGETHER -> 0;
            case APART -> rank;
            case PAIRS -> rank / 2;
            case INTERLEAVED -> rank % 2;
        };
        HostIdentity here = HostIdentity.current();
        return new HostIdentity(here.boot() + "-" + host, here.processes(), "host" + host);
    }

    /** How a rank is reached. */
    Network network() {
        return new Network("127.0.0.1", 0, 0, SECRET, Duration.ofSeconds(20));
    }

    Communicator open(String name, Rendezvous rendezvous, Duration timeLimit) {
        return Communicators.open(name, rendezvous, host(rendezvous.rank()), network(), timeLimit);
    }
}
