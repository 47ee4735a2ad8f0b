package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.rank.SlotsMissingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StartingTest {
    private long now = 7;

    @Test
    void aStageMayWaitForItsSlotsForSoLong() {
        Starting starting = new Starting("spark://m:1", 4, Duration.ofSeconds(30), () -> now);
        now += Duration.ofSeconds(30).toNanos();
        starting.require(3);
        now += 1;
        starting.require(4);
        assertThatThrownBy(() -> starting.require(3))
                .isInstanceOf(SlotsMissingException.class)
                .hasMessageContainingAll("spark://m:1 had 4 slots", "3 of them started", "job.slot-timeout = 30 s");
    }
}
