package io.sparktron.collective;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks as processes, a pretended GPU each. */
@Tag("doubles")
@Timeout(60)
class NcclProcessTest {
    /** Longer than {@link Timeout} allows: an error that comes in time did not come from here. */
    private static final Duration NO_LIMIT = Duration.ofMinutes(10);

    @ParameterizedTest
    @EnumSource(
            value = Placement.class,
            names = {"TOGETHER", "PAIRS"})
    void collectivesAreRight(Placement placement) throws Exception {
        int ranks = 4;
        try (RankProcesses children = RankProcesses.start(placement::of, ranks, "nccl-collectives", NO_LIMIT)) {
            for (int rank = 0; rank < ranks; rank++) {
                assertThat(children.next(rank)).isEqualTo("right");
                assertThat(children.exit(rank)).isZero();
            }
        }
    }

    /** Whether NCCL notices itself or, as within a host, does not; also while the others are in a call of NCCL that waits. */
    @ParameterizedTest
    @ValueSource(strings = {"nccl-forever", "nccl-blind", "nccl-waiting"})
    void aKilledPeerFailsAllOthers(String program) throws Exception {
        try (RankProcesses children = RankProcesses.start(Placement.TOGETHER::of, 3, program, NO_LIMIT)) {
            for (int rank = 0; rank < 3; rank++) {
                assertThat(children.next(rank)).isEqualTo("running");
            }
            children.kill(2);
            String cause = children.next(0);
            assertThat(cause)
                    .startsWith("group world: ")
                    .containsAnyOf("world rank 2, process ", "ncclRemoteError (6): rank 2 (process ")
                    .contains("all-reduce sum of FLOAT32 x 100000");
            assertThat(children.next(1)).isEqualTo(cause);
            for (int rank = 0; rank < 2; rank++) {
                assertThat(children.exit(rank)).isZero();
            }
        }
    }

    @Test
    void whatNcclDoesNotSeeTheHostDoes() throws Exception {
        try (RankProcesses children = RankProcesses.start(Placement.APART::of, 2, "nccl-blind", NO_LIMIT)) {
            assertThat(children.next(0)).isEqualTo("running");
            assertThat(children.next(1)).isEqualTo("running");
            children.kill(1);
            assertThat(children.next(0))
                    .contains("group world: world rank 1, process ")
                    .contains("; rank 0 waits in all-reduce sum of FLOAT32 x 100000");
            assertThat(children.exit(0)).isZero();
        }
    }
}
