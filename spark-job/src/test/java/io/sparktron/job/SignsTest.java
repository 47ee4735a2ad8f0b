package io.sparktron.job;

import static io.sparktron.job.RankMessage.Alive.NO_RANK;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.job.TaskWatch.Task;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignsTest {
    private static final Task ONE = new Task(0, "1", "alpha");
    private static final Task OTHER = new Task(1, "2", "beta");

    private long now = 1;
    private final Signs signs = new Signs(Duration.ofSeconds(5), () -> now);

    /** Looks once a second, as the driver does. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now += Duration.ofSeconds(1).toNanos();
            signs.silent(List.of(ONE, OTHER));
        }
    }

    @Test
    void whoWasSilentForTooLongIsFoundAndNobodyElse() {
        signs.received(0, NO_RANK);
        signs.received(1, NO_RANK);
        pass(4);
        signs.received(1, NO_RANK);
        pass(1);
        assertThat(signs.silent(List.of(ONE, OTHER))).isEmpty();
        pass(1);
        assertThat(signs.silent(List.of(ONE, OTHER))).containsExactly(ONE);
        assertThat(signs.silent(List.of(OTHER)))
                .as("a task that has ended need not speak")
                .isEmpty();
    }

    @Test
    void aNewExecutorHasAMinuteForItsFirstSign() {
        pass(60);
        assertThat(signs.silent(List.of(ONE))).isEmpty();
        pass(2);
        assertThat(signs.silent(List.of(ONE))).containsExactly(ONE);
    }

    @Test
    void aDriverThatWasSuspendedAccusesNobody() {
        signs.received(0, NO_RANK);
        signs.received(1, NO_RANK);
        pass(1);
        now += Duration.ofHours(1).toNanos();
        assertThat(signs.silent(List.of(ONE, OTHER))).isEmpty();
        pass(3);
        signs.received(1, NO_RANK);
        pass(3);
        assertThat(signs.silent(List.of(ONE, OTHER))).containsExactly(ONE);
    }

    @Test
    void ranksThatAllStandStillAreStuckOnceTheirPeersHadTimeToSaySo() {
        for (int second = 0; second < 15; second++) {
            signs.received(0, 7);
            signs.received(1, 9);
            pass(1);
            assertThat(signs.stuck(List.of(ONE, OTHER))).isEmpty();
        }
        signs.received(0, 7);
        signs.received(1, 10);
        pass(15);
        assertThat(signs.stuck(List.of(ONE, OTHER))).as("one has moved").isEmpty();
        pass(1);
        assertThat(signs.stuck(List.of(ONE, OTHER))).containsExactly(ONE, OTHER);
    }

    @Test
    void aRankThatIsAloneIsStuckAfterTheLimit() {
        signs.received(0, 7);
        pass(5);
        assertThat(signs.stuck(List.of(ONE))).isEmpty();
        pass(1);
        assertThat(signs.stuck(List.of(ONE))).containsExactly(ONE);
        assertThat(signs.stuck(List.of())).as("nobody runs").isEmpty();
    }

    @Test
    void whoIsNoRankYetMayTakeItsTime() {
        signs.received(0, 7);
        signs.received(1, NO_RANK);
        pass(50);
        assertThat(signs.stuck(List.of(ONE, OTHER))).isEmpty();
    }

    @Test
    void aDriverThatWasSuspendedHasNotSeenThemStandStill() {
        signs.received(0, 7);
        now += Duration.ofHours(1).toNanos();
        assertThat(signs.stuck(List.of(ONE))).isEmpty();
        pass(6);
        assertThat(signs.stuck(List.of(ONE))).containsExactly(ONE);
    }
}
