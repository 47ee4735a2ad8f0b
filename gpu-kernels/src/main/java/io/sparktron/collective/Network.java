package io.sparktron.collective;

import java.io.Serializable;
import java.time.Duration;

/**
 * How ranks of different hosts reach each other over TCP.
 *
 * @param address on which a rank listens, and which it tells its peers: a name or an IP address of its host
 * @param firstPort a rank takes the first free port of {@code firstPort ... lastPort}; both 0: any that the system gives
 * @param secret what a peer must know to be let in; the driver draws it for each start and hands it out
 * @param connectLimit how long a connection may take to be made and let in
 */
public record Network(String address, int firstPort, int lastPort, String secret, Duration connectLimit)
        implements Serializable {
    private static final int LAST = 65_535;

    public Network {
        if (firstPort < 0 || lastPort < firstPort || lastPort > LAST || (firstPort == 0 && lastPort != 0)) {
            throw new IllegalArgumentException(
                    "ports " + firstPort + " ... " + lastPort + ", must be 0 for any, or a range within 1 ... " + LAST);
        }
    }

    /** The secret stays out of logs. */
    @Override
    public String toString() {
        return address + (firstPort == 0 ? ", any port" : ", ports " + firstPort + " ... " + lastPort);
    }
}
