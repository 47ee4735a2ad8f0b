package io.sparktron.collective;

import java.time.Duration;
import java.util.List;

/**
 * Where a rank of a test runs.
 *
 * @param launcher what its process is started by, if it is one; often nothing
 * @param host on which it counts as running
 * @param address at which ranks of other hosts reach it
 */
record Place(List<String> launcher, HostIdentity host, String address) {
    private static final String SECRET = "the secret of a test";

    /** One of several hosts that this one stands for. */
    static Place of(int host, String address) {
        return new Place(List.of(), host(host), address);
    }

    static HostIdentity host(int host) {
        HostIdentity here = HostIdentity.current();
        return new HostIdentity(here.boot() + "-" + host, here.processes(), "host" + host);
    }

    Communicator open(String name, Rendezvous rendezvous, Duration timeLimit) {
        Network network = new Network(address, 0, 0, SECRET, Duration.ofSeconds(20));
        return Communicators.open(name, rendezvous, host, network, timeLimit);
    }
}
