package io.sparktron.job;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which address of its host a rank uses. One setting serves all hosts, so it names no single address but what they have in common: a
 * prefix such as {@code 10.1.0.0/16}, or a network interface such as {@code eth0}.
 */
public record AddressChoice(String text) implements Serializable {
    private static final Pattern LITERAL = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z][^\\s/]*");

    public AddressChoice {
        if (text.contains("/") || LITERAL.matcher(text).matches()) {
            Prefix.parse(text);
        } else if (!INTERFACE.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
    }

    /** The address of this host. */
    InetAddress here() {
        Map<String, List<InetAddress>> interfaces = new LinkedHashMap<>();
        try {
            for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (each.isUp()) {
                    interfaces.put(each.getName(), Collections.list(each.getInetAddresses()));
                }
            }
        } catch (SocketException e) {
            throw new IllegalStateException("this host does not tell its network interfaces: " + e, e);
        }
        return among(interfaces);
    }

    /** The first address that fits; of an interface, IPv4 comes first. */
    InetAddress among(Map<String, List<InetAddress>> interfaces) {
        boolean named = interfaces.containsKey(text);
        List<InetAddress> fitting = new ArrayList<>();
        for (Map.Entry<String, List<InetAddress>> each : interfaces.entrySet()) {
            for (InetAddress address : each.getValue()) {
                // A link-local address means nothing on another host.
                if (!address.isLinkLocalAddress() && (named ? each.getKey().equals(text) : fits(address))) {
                    fitting.add(address);
                }
            }
        }
        fitting.sort((a, b) -> Integer.compare(a.getAddress().length, b.getAddress().length));
        if (fitting.isEmpty()) {
            throw new InvalidInputException("job.address = " + text + " fits no address of this host, which has "
                    + describe(interfaces) + "; must be a prefix or an interface that each host has");
        }
        return fitting.get(0);
    }

    private boolean fits(InetAddress address) {
        return (text.contains("/") || LITERAL.matcher(text).matches())
                && Prefix.parse(text).holds(address);
    }

    private static String describe(Map<String, List<InetAddress>> interfaces) {
        List<String> all = new ArrayList<>();
        interfaces.forEach((name, addresses) -> addresses.stream()
                .filter(address -> !address.isLinkLocalAddress())
                .forEach(address -> all.add(address.getHostAddress() + " (" + name + ")")));
        return all.isEmpty() ? "none" : String.join(", ", all);
    }

    /** The addresses that begin with the first {@code bits} bits of {@code network}. */
    private record Prefix(byte[] network, int bits) {
        static Prefix parse(String text) {
            String[] parts = text.split("/", 2);
            if (!LITERAL.matcher(parts[0]).matches()) {
                throw new IllegalArgumentException(text);
            }
            byte[] network;
            try {
                network = InetAddress.getByName(parts[0]).getAddress(); // a literal: nobody is asked
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(text, e);
            }
            int longest = network.length * Byte.SIZE;
            int bits = parts.length == 1 ? longest : Integer.parseInt(parts[1]);
            if (bits < 0 || bits > longest) {
                throw new IllegalArgumentException(text);
            }
            return new Prefix(network, bits);
        }

        boolean holds(InetAddress address) {
            byte[] theirs = address.getAddress();
            if (theirs.length != network.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % Byte.SIZE;
                if ((theirs[bit / Byte.SIZE] & mask) != (network[bit / Byte.SIZE] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
