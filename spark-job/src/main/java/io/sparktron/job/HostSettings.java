package io.sparktron.job;

import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * How ranks count hosts and reach each other across them.
 *
 * @param address which address of its host a rank listens on; null: that at which Spark knows its executor
 * @param connectLimit how long a connection may take to be made and let in
 */
public record HostSettings(
        HostsBy hostsBy, AcrossHosts acrossHosts, AddressChoice address, PortRange ports, Duration connectLimit)
        implements Serializable {
    private static final int SECRET_BYTES = 32;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(30);

    /** Hosts by kernel, Spark's addresses, any port. */
    public static HostSettings standard() {
        return new HostSettings(HostsBy.KERNEL, AcrossHosts.WARNED, null, PortRange.ANY, CONNECT_LIMIT);
    }

    /** What lets the ranks of one attempt in, and nobody else. */
    static String newSecret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /**
     * This rank's end of the network.
     *
     * @param sparkHost name or address of this executor, as Spark knows it
     * @param here the host that this rank counts as running on
     * @param all the hosts of all ranks
     */
    Network network(String sparkHost, HostIdentity here, List<HostIdentity> all, String secret) {
        boolean oneHost = all.stream().allMatch(here::sharesMemoryWith);
        if (address == null && oneHost) {
            return network(sparkHost, secret); // nobody connects to it, and it need not resolve
        }
        InetAddress own = address == null ? resolve(sparkHost) : address.here();
        boolean severalMachines = all.stream().anyMatch(host -> !host.boot().equals(here.boot()));
        if (severalMachines && own.isLoopbackAddress()) {
            throw new InvalidInputException(
                    "job.address " + (address == null ? "is not set" : "= " + address.text())
                            + ", so ranks of " + here.name() + " would listen on " + own.getHostAddress()
                            + (address == null ? " (" + sparkHost + ")" : "")
                            + ", which no other machine reaches; must be a prefix such as 10.1.0.0/16, or an interface, of the network between the hosts");
        }
        return network(own.getHostAddress(), secret);
    }

    private Network network(String listens, String secret) {
        return new Network(listens, ports.first(), ports.last(), secret, connectLimit);
    }

    private static InetAddress resolve(String sparkHost) {
        boolean bracketed = sparkHost.startsWith("[") && sparkHost.endsWith("]"); // how Spark writes IPv6
        try {
            return InetAddress.getByName(bracketed ? sparkHost.substring(1, sparkHost.length() - 1) : sparkHost);
        } catch (UnknownHostException e) {
            throw new InvalidInputException(
                    "job.address is not set, and this executor's own name " + sparkHost
                            + " cannot be resolved on it; must be a prefix such as 10.1.0.0/16, or an interface",
                    e);
        }
    }
}
