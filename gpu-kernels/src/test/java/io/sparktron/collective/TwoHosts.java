package io.sparktron.collective;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two network namespaces, with a cable between them: what is nearest to two hosts on one machine. Where they may not be made (that takes root and
 * {@code ip}), two loopback addresses instead, and that is printed.
 */
final class TwoHosts implements AutoCloseable {
    private static final Pattern NAMESPACE = Pattern.compile("(sparktron-(\\d+)-[01])\\b.*");
    private static final int SECONDS = 20;

    private final boolean namespaces;
    private final Thread atExit = new Thread(this::remove);

    private TwoHosts(boolean namespaces) {
        this.namespaces = namespaces;
    }

    static TwoHosts make() throws InterruptedException {
        TwoHosts hosts = new TwoHosts(true);
        Runtime.getRuntime().addShutdownHook(hosts.atExit);
        try {
            removeForgotten();
            for (int host = 0; host < 2; host++) {
                ip("netns", "add", namespace(host));
            }
            ip(
                    "link",
                    "add",
                    "cable",
                    "netns",
                    namespace(0),
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "cable",
                    "netns",
                    namespace(1));
            for (int host = 0; host < 2; host++) {
                ip("-n", namespace(host), "address", "add", address(host) + "/24", "dev", "cable");
                ip("-n", namespace(host), "link", "set", "lo", "up");
                ip("-n", namespace(host), "link", "set", "cable", "up");
            }
            return hosts;
        } catch (IOException e) {
            hosts.close();
            System.out.println("no network namespaces here, so ranks meet on loopback addresses: " + e.getMessage());
            return new TwoHosts(false);
        }
    }

    /** Whether they are more than two addresses. */
    boolean haveACable() {
        return namespaces;
    }

    /** A rank on one of them. */
    Place place(int host) {
        return namespaces
                ? new Place(List.of("ip", "netns", "exec", namespace(host)), Place.host(host), address(host))
                : Place.of(host, "127.0.0." + (2 + host));
    }

    /** Cuts the cable: nothing arrives any more, and nobody is told. */
    void cut() throws IOException, InterruptedException {
        ip("-n", namespace(1), "link", "set", "cable", "down");
    }

    private static String namespace(int host) {
        return "sparktron-" + ProcessHandle.current().pid() + "-" + host;
    }

    private static String address(int host) {
        return "192.168.213." + (1 + host);
    }

    /** Those of a test that was killed. */
    private static void removeForgotten() throws IOException, InterruptedException {
        for (String line : ip("netns", "list").split("\n")) {
            Matcher matcher = NAMESPACE.matcher(line);
            if (matcher.matches()
                    && ProcessHandle.of(Long.parseLong(matcher.group(2))).isEmpty()) {
                ip("netns", "delete", matcher.group(1));
            }
        }
    }

    private static String ip(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
        return output;
    }

    /** A namespace takes its end of the cable with it, and so the other end. */
    private void remove() {
        for (int host = 0; host < 2; host++) {
            try {
                if (ip("netns", "list").contains(namespace(host))) {
                    ip("netns", "delete", namespace(host));
                }
            } catch (IOException | InterruptedException e) {
                System.out.println("network namespace " + namespace(host) + " stays: " + e);
            }
        }
    }

    @Override
    public void close() {
        if (namespaces) {
            remove();
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
    }
}
