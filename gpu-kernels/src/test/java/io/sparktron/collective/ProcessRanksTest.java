package io.sparktron.collective;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks as processes: the same numbers as threads, and what happens when one of them is gone. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Placement.class)
class ProcessRanksTest {
    @Parameter
    private Placement placement;

    /** Longer than {@link Timeout} allows: an error that comes in time did not come from here. */
    private static final Duration NO_LIMIT = Duration.ofMinutes(10);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void collectivesAreRight(int ranks) throws Exception {
        try (RankProcesses children = RankProcesses.start(placement::of, ranks, "collectives", NO_LIMIT)) {
            for (int rank = 0; rank < ranks; rank++) {
                assertThat(children.next(rank)).isEqualTo("right");
                assertThat(children.exit(rank)).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void aKilledPeerFailsAllOthers(int ranks) throws Exception {
        try (RankProcesses children = RankProcesses.start(placement::of, ranks, "forever", NO_LIMIT)) {
            for (int rank = 0; rank < ranks; rank++) {
                assertThat(children.next(rank)).isEqualTo("running");
            }
            children.kill(ranks - 1);
            for (int rank = 0; rank < ranks - 1; rank++) {
                assertThat(children.next(rank))
                        .contains("group world: world rank " + (ranks - 1) + ", process ")
                        .contains(", died; rank ")
                        .contains("in all-reduce sum of FLOAT32 x 100000");
                assertThat(children.exit(rank)).isZero();
            }
        }
    }

    @Test
    void theRankThatHoldsTheCauseMayDieToo() throws Exception {
        try (RankProcesses children = RankProcesses.start(placement::of, 3, "forever", NO_LIMIT)) {
            for (int rank = 0; rank < 3; rank++) {
                assertThat(children.next(rank)).isEqualTo("running");
            }
            children.kill(0);
            assertThat(children.next(1))
                    .contains("group world: world rank 0, process")
                    .contains(", died; rank 1 waits for rank ");
            children.kill(2);
        }
    }

    @Test
    void aStoppedProcessIsFoundThoughItIsTheOneThatDecides() throws Exception {
        try (RankProcesses children = RankProcesses.start(placement::of, 3, "steadily", Duration.ofSeconds(3))) {
            for (int rank = 0; rank < 3; rank++) {
                assertThat(children.next(rank)).isEqualTo("running");
            }
            children.stop(0);
            for (int rank = 1; rank < 3; rank++) {
                assertThat(children.next(rank))
                        .contains("group world: rank ", "world rank 0, process ", "within 3.0 s; rank ");
                assertThat(children.exit(rank)).isZero();
            }
        }
    }

    @Test
    void aPeerThatExitsWithoutLeavingFailsTheOthers() throws Exception {
        try (RankProcesses children = RankProcesses.start(placement::of, 2, "vanish", NO_LIMIT)) {
            assertThat(children.next(0))
                    .contains("world rank 1, process ")
                    .contains(", died; rank 0 waits for rank 1 in barrier");
            assertThat(children.exit(1)).isEqualTo(7);
        }
    }
}
