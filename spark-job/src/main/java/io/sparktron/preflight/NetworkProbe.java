package io.sparktron.preflight;

import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import io.sparktron.rank.ProcessFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether ranks of different hosts reach each other on the addresses and ports that training will use: each listens, and each connects to all others. The
 * communicator would name the first pair that fails; this names all.
 */
final class NetworkProbe implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkProbe.class);
    private static final String CHECK = "network";
    private static final String UNREACHABLE = "-";
    private static final int AT_ONCE = 16;
    private static final int GREETING = 'S';

    /** A listener that does not answer for so long is behind a filter that drops what it does not like. */
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final ProcessFacts process;
    private final List<Finding> findings = new ArrayList<>();
    private ServerSocket listener;

    /** Where a rank listens. */
    private record Place(int rank, HostIdentity host, String address, int port) {
        /** Empty for the word of a rank that cannot listen. */
        static Optional<Place> decode(int rank, String word) {
            if (word.equals(UNREACHABLE)) {
                return Optional.empty();
            }
            String[] parts = word.split(" ", 3);
            return Optional.of(new Place(rank, HostIdentity.decode(parts[2]), parts[1], Integer.parseInt(parts[0])));
        }
    }

    /** Starts to listen. */
    NetworkProbe(ProcessFacts process) {
        this.process = process;
        if (process.network() == null) {
            findings.add(Finding.mistake(CHECK, process.noNetwork(), "--set job.address=PREFIX, such as 10.1.0.0/16"));
            return;
        }
        try {
            listener = listen(process.network());
            Thread answers = new Thread(this::answer, "sparktron-network-probe");
            answers.setDaemon(true);
            answers.start();
        } catch (IOException e) {
            findings.add(Finding.problem(
                    CHECK,
                    "cannot listen on " + process.network() + ": " + e.getMessage(),
                    "--set job.ports=FIRST-LAST with a free port for each rank of a host, --set job.address=PREFIX"));
        }
    }

    /** What other ranks need to know. */
    String word() {
        return listener == null
                ? UNREACHABLE
                : listener.getLocalPort() + " " + listener.getInetAddress().getHostAddress() + " "
                        + process.host().encode();
    }

    /** Connects to all ranks of other hosts. */
    List<Finding> reach(List<String> words) throws InterruptedException {
        List<Place> others = new ArrayList<>();
        for (int rank = 0; rank < words.size(); rank++) {
            Place.decode(rank, words.get(rank))
                    .filter(place -> !place.host().sharesMemoryWith(process.host()))
                    .ifPresent(others::add);
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, Math.min(AT_ONCE, others.size())));
        try {
            List<Future<Optional<Finding>>> answers = new ArrayList<>();
            others.forEach(place -> answers.add(threads.submit(() -> connect(place))));
            for (Future<Optional<Finding>> answer : answers) {
                answer.get().ifPresent(findings::add);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the network cannot be probed: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok(
                    CHECK, others.isEmpty() ? "one host: shared memory" : "ranks of other hosts can be reached"));
        }
        return findings;
    }

    private Optional<Finding> connect(Place place) {
        Duration limit = process.network().connectLimit();
        int millis = (int) (limit.compareTo(LONGEST) < 0 ? limit : LONGEST).toMillis();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(place.address(), place.port()), millis);
            socket.setSoTimeout(millis);
            int answer = socket.getInputStream().read();
            if (answer != GREETING) {
                throw new IOException("something else answers there");
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    Finding.problem(
                            CHECK,
                            "host " + process.host().name() + " cannot reach rank " + place.rank() + " on host "
                                    + place.host().name() + " at " + place.address() + ", port " + place.port() + ": "
                                    + e.getMessage(),
                            "let it pass (a range of ports: --set job.ports=FIRST-LAST), or --set job.address=PREFIX of a network between the hosts"));
        }
    }

    private static ServerSocket listen(Network network) throws IOException {
        InetAddress address = InetAddress.getByName(network.address());
        BindException taken = null;
        for (int port = network.firstPort(); port <= network.lastPort(); port++) {
            try {
                return new ServerSocket(port, 0, address);
            } catch (BindException e) {
                taken = e;
            }
        }
        throw taken;
    }

    private void answer() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                socket.getOutputStream().write(GREETING);
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    LOG.warn("a connection was not answered", e);
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            if (listener != null) {
                listener.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
