package io.sparktron.collective;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks as processes on two hosts with a network of their own: two ranks on the first, one on the second. */
@Timeout(90)
class TwoHostsTest {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(3);

    private static int host(int rank) {
        return rank / 2;
    }

    @Test
    void collectivesAreRightAndACutCableFailsAllRanks() throws Exception {
        try (TwoHosts hosts = TwoHosts.make()) {
            try (RankProcesses children =
                    RankProcesses.start(rank -> hosts.place(host(rank)), 3, "collectives", Duration.ofSeconds(60))) {
                for (int rank = 0; rank < 3; rank++) {
                    assertThat(children.next(rank)).isEqualTo("right");
                    assertThat(children.exit(rank)).isZero();
                }
            }
            try (RankProcesses children =
                    RankProcesses.start(rank -> hosts.place(host(rank)), 3, "steadily", TIME_LIMIT)) {
                for (int rank = 0; rank < 3; rank++) {
                    assertThat(children.next(rank)).isEqualTo("running");
                }
                if (hosts.haveACable()) {
                    hosts.cut();
                } else {
                    children.stop(2); // as silent as behind a cut cable
                }
                for (int rank = 0; rank < (hosts.haveACable() ? 3 : 2); rank++) {
                    String other = "on host" + (1 - host(rank)) + " at "
                            + hosts.place(1 - host(rank)).address();
                    assertThat(children.next(rank))
                            .contains(other, "within 3.0 s; rank ", "(nothing was heard of it for ");
                    assertThat(children.exit(rank)).isZero();
                }
            }
        }
    }
}
