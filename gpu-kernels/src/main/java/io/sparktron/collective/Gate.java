package io.sparktron.collective;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a rank is connected to while a communicator is opened, and connects from. Every rank connects to the lower ones of other hosts. Whoever
 * else comes is told nothing but a random number, holds up nobody, and is dropped when all ranks are connected or the limit is reached.
 */
final class Gate implements AutoCloseable {
    /** Bytes that the system may hold in each direction of a connection: what 10 Gbit/s carry in a millisecond. */
    static final int BUFFER = 1 << 20;

    private static final long RETRY = Duration.ofMillis(250).toNanos();

    /** Connections that may be open without a proof; one more, and the oldest of them goes. */
    private static final int STRANGERS = 256;

    private final int rank;
    private final Network network;
    private final Proof proof;
    private final InetAddress address;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final Set<Handshake> open = new LinkedHashSet<>();
    private final Map<Way, SocketChannel> connected = new HashMap<>();
    private final Map<Way, String> refused = new HashMap<>();
    private final Map<Way, Long> retryAt = new HashMap<>();

    private Gate(int rank, Network network, Proof proof, InetAddress address) throws IOException {
        this.rank = rank;
        this.network = network;
        this.proof = proof;
        this.address = address;
        this.selector = Selector.open();
        this.listener = ServerSocketChannel.open();
    }

    /** Listens, on the first free port of the network's range, so that ranks of other hosts can connect. */
    static Gate listen(int rank, Network network) {
        InetAddress address;
        try {
            address = InetAddress.getByName(network.address());
        } catch (UnknownHostException e) {
            throw new CommunicatorException(
                    "this host cannot resolve its own address " + network.address() + ", set job.address: " + e, e);
        }
        try {
            Gate gate = new Gate(rank, network, new Proof(network.secret()), address);
            try {
                gate.listen();
                return gate;
            } catch (IOException | RuntimeException e) {
                gate.close();
                throw e;
            }
        } catch (IOException e) {
            throw new CommunicatorException("cannot listen on " + network + ": " + e.getMessage(), e);
        }
    }

    private void listen() throws IOException {
        // Connections that are taken inherit it.
        listener.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
        listener.configureBlocking(false);
        IOException last = null;
        for (int port = network.firstPort(); port <= network.lastPort(); port++) {
            try {
                listener.bind(new InetSocketAddress(address, port), 2 * STRANGERS);
                listener.register(selector, SelectionKey.OP_ACCEPT);
                return;
            } catch (IOException e) {
                last = e;
            }
        }
        throw new CommunicatorException(
                "cannot listen on " + address.getHostAddress() + " with any port of " + network.firstPort() + " ... "
                        + network.lastPort() + ": " + last.getMessage()
                        + "; job.address must be an address of this host, and job.ports hold a free port for each rank on it",
                last);
    }

    /** Where it listens. */
    InetSocketAddress address() {
        try {
            return (InetSocketAddress) listener.getLocalAddress();
        } catch (IOException e) {
            throw new CommunicatorException("cannot tell where this rank listens: " + e, e);
        }
    }

    /**
     * Connects with all ranks of other hosts, which do the same at about this time.
     *
     * @param members all ranks of the world
     * @param addresses where they listen; null for ranks of this host
     * @return the connections, non-blocking; the caller's to close
     * @throws CommunicatorException naming a rank that could not be reached. A rank that did not come is not an error here: it says so itself
     */
    Map<Way, SocketChannel> connect(List<Member> members, InetSocketAddress[] addresses) {
        Set<Way> mine = new LinkedHashSet<>();
        Set<Way> theirs = new LinkedHashSet<>();
        for (int peer = 0; peer < addresses.length; peer++) {
            for (Way.Use use : Way.Use.values()) {
                if (addresses[peer] != null) {
                    (peer < rank ? mine : theirs)
                            .add(peer < rank ? new Way(rank, peer, use) : new Way(peer, rank, use));
                }
            }
        }
        long begin = System.nanoTime();
        long limit = network.connectLimit().toNanos();
        try {
            while (connected.size() < mine.size() + theirs.size() && System.nanoTime() - begin < limit) {
                for (Way way : mine) {
                    if (!connected.containsKey(way) && System.nanoTime() - retryAt.getOrDefault(way, begin) >= 0) {
                        retryAt.put(way, begin + limit);
                        knock(way, addresses[way.to()]);
                    }
                }
                selector.select(
                        key -> serve(key, theirs), Duration.ofNanos(RETRY).toMillis() / 5);
                if (Thread.currentThread().isInterrupted()) {
                    throw new CommunicatorException("rank " + rank + " was interrupted while it connected");
                }
            }
        } catch (IOException e) {
            throw new CommunicatorException("cannot connect with ranks of other hosts: " + e, e);
        }
        for (Way way : mine) {
            if (!connected.containsKey(way)) {
                throw new CommunicatorException("cannot reach " + members.get(way.to()) + " at "
                        + text(addresses[way.to()]) + " from "
                        + members.get(rank).host().name() + " at "
                        + address.getHostAddress() + " within " + limit / 1_000_000 / 1000.0 + " s: "
                        + refused.getOrDefault(way, "no answer")
                        + "; job.address must name the network between the hosts, which must let job.ports through");
            }
        }
        Map<Way, SocketChannel> result = new HashMap<>(connected);
        connected.clear();
        return result;
    }

    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private void knock(Way way, InetSocketAddress to) throws IOException {
        SocketChannel channel = SocketChannel.open();
        Handshake handshake = Handshake.connecting(channel, proof, way);
        open.add(handshake);
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
            channel.configureBlocking(false);
            channel.connect(to);
        } catch (IOException e) {
            drop(handshake, e);
            return;
        }
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, handshake);
        goOn(key, handshake, Set.of());
    }

    private void serve(SelectionKey key, Set<Way> expected) {
        if (key.attachment() instanceof Handshake handshake) {
            goOn(key, handshake, expected);
        } else {
            letIn(expected);
        }
    }

    private void letIn(Set<Way> expected) {
        try {
            for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
                Handshake handshake = Handshake.connected(channel, proof, rank);
                open.add(handshake);
                channel.configureBlocking(false);
                goOn(channel.register(selector, handshake.interest(), handshake), handshake, expected);
                if (open.size() > STRANGERS) {
                    open.stream()
                            .filter(other -> !other.connects())
                            .findFirst()
                            .ifPresent(oldest -> drop(oldest, new IOException("too many connections without a proof")));
                }
            }
        } catch (IOException e) {
            throw new CommunicatorException("cannot take a connection on " + text(address()) + ": " + e, e);
        }
    }

    private void goOn(SelectionKey key, Handshake handshake, Set<Way> expected) {
        try {
            if (!handshake.advance()) {
                key.interestOps(handshake.interest());
                return;
            }
            Way way = handshake.way();
            if (way.to() == rank && !expected.contains(way)) {
                throw new IOException("rank " + way.from() + " is not expected here");
            }
            handshake.channel().setOption(StandardSocketOptions.TCP_NODELAY, true);
            handshake.channel().setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            handshake.channel().setOption(StandardSocketOptions.SO_SNDBUF, BUFFER);
            key.cancel();
            open.remove(handshake);
            SocketChannel before = connected.put(way, handshake.channel());
            if (before != null) {
                before.close();
            }
        } catch (IOException e) {
            drop(handshake, e);
        }
    }

    private void drop(Handshake handshake, IOException why) {
        open.remove(handshake);
        Way way = handshake.way();
        if (handshake.connects()) {
            refused.put(way, why.getMessage());
            retryAt.put(way, System.nanoTime() + RETRY);
        }
        close(handshake.channel());
    }

    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CommunicatorException("cannot close a connection: " + e, e);
        }
    }

    /** Listens no more, and drops whoever has not shown that it is a rank. */
    @Override
    public void close() {
        open.forEach(handshake -> close(handshake.channel()));
        connected.values().forEach(Gate::close);
        try {
            listener.close();
            selector.close();
        } catch (IOException e) {
            throw new CommunicatorException("cannot stop listening: " + e, e);
        }
    }
}
