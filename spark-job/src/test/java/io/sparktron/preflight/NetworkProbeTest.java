package io.sparktron.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.collective.Network;
import io.sparktron.preflight.Finding.Level;
import io.sparktron.rank.ProcessFacts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks of two hosts, which are both this machine, and what lies between them. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class NetworkProbeTest {
    private static final Duration LIMIT = Duration.ofMillis(500);

    private static ProcessFacts onHost(String host, int firstPort, int lastPort) {
        Network network = new Network("127.0.0.1", firstPort, lastPort, "secret", LIMIT);
        return Situations.process(host, 1, network, "");
    }

    private static ServerSocket someListener() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    /** What a rank on host b says, as if it listened on a port of host a's view. */
    private static String wordOfHostB(int port) {
        return port + " 127.0.0.1 " + Situations.process("b", 2).host().encode();
    }

    private static List<Finding> reach(String word) throws Exception {
        try (NetworkProbe probe = new NetworkProbe(onHost("a", 0, 0))) {
            return probe.reach(List.of(probe.word(), word));
        }
    }

    @Test
    void ranksThatListenAreReached() throws Exception {
        try (NetworkProbe a = new NetworkProbe(onHost("a", 0, 0));
                NetworkProbe b = new NetworkProbe(onHost("b", 0, 0))) {
            List<String> words = List.of(a.word(), b.word());
            assertThat(a.reach(words)).extracting(Finding::level).containsExactly(Level.OK);
            assertThat(b.reach(words)).extracting(Finding::level).containsExactly(Level.OK);
        }
    }

    @Test
    void aPairThatCannotMeetIsNamedWithHostsAddressAndPort() throws Exception {
        int closed;
        try (ServerSocket listener = someListener()) {
            closed = listener.getLocalPort();
        }
        assertThat(reach(wordOfHostB(closed))).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.found())
                    .startsWith("host a cannot reach rank 1 on host b at 127.0.0.1, port " + closed)
                    .contains("refused");
            assertThat(finding.fix()).contains("job.ports").contains("job.address");
        });
    }

    @Test
    void aListenerThatNeverAnswersIsNotWaitedForLong() throws Exception {
        try (ServerSocket silent = someListener()) {
            assertThat(reach(wordOfHostB(silent.getLocalPort())))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.found()).contains("timed out"));
        }
    }

    @Test
    void somethingElseThatAnswersIsNoRank() throws Exception {
        try (ServerSocket other = someListener()) {
            Thread stranger = new Thread(() -> {
                try (Socket socket = other.accept()) {
                    socket.getOutputStream().write('H');
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            stranger.start();
            assertThat(reach(wordOfHostB(other.getLocalPort())))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.found()).endsWith("something else answers there"));
            stranger.join();
        }
    }

    @Test
    void portsThatAreTakenAreToldAndFreeOnesFound() throws Exception {
        try (ServerSocket taken = someListener()) {
            int port = taken.getLocalPort();
            try (NetworkProbe none = new NetworkProbe(onHost("a", port, port))) {
                assertThat(none.reach(List.of(none.word()))).singleElement().satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                    assertThat(finding.found()).contains("ports " + port + " ... " + port);
                    assertThat(finding.fix()).contains("--set job.ports=");
                });
            }
            try (NetworkProbe next = new NetworkProbe(onHost("a", port, Math.min(65_535, port + 50)))) {
                assertThat(next.reach(List.of(next.word())))
                        .extracting(Finding::level)
                        .containsExactly(Level.OK);
            }
        }
    }

    @Test
    void aRankWithoutAnAddressSaysWhy() throws Exception {
        ProcessFacts lost =
                Situations.process("a", 1, null, "job.address is not set, so ranks of a would listen on 127.0.0.1");
        try (NetworkProbe probe = new NetworkProbe(lost)) {
            assertThat(probe.reach(List.of(probe.word()))).singleElement().satisfies(finding -> {
                assertThat(finding.level()).isEqualTo(Level.MISTAKE);
                assertThat(finding.found()).startsWith("job.address is not set");
            });
        }
    }
}
