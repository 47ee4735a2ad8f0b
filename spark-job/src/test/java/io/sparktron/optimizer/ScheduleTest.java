package io.sparktron.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.optimizer.Schedule.Decay;
import io.sparktron.tokens.InvalidInputException;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void warmsUpThenFollowsOneCosineToTheFloor() {
        Schedule schedule = new Schedule(1, 0.1, 10, Decay.COSINE, 110);
        assertThat(schedule.at(1)).isEqualTo(0.1);
        assertThat(schedule.at(10)).isEqualTo(1);
        assertThat(schedule.at(60)).isCloseTo(0.5, within(1e-15));
        assertThat(schedule.at(35)).isCloseTo(0.5 * (1 + Math.cos(Math.PI / 4)), within(1e-15));
        assertThat(schedule.at(109)).isEqualTo(0.1); // the cosine is below the floor by now
        assertThat(schedule.at(110)).isEqualTo(0.1);
        assertThat(schedule.at(1_000)).isEqualTo(0.1);
    }

    @Test
    void withoutDecayStaysAtThePeak() {
        Schedule schedule = new Schedule(1, 0, 2, Decay.NONE, 0);
        assertThat(schedule.at(1)).isEqualTo(0.5);
        assertThat(schedule.at(3)).isEqualTo(1);
        assertThat(schedule.at(1_000)).isEqualTo(1);
    }

    @Test
    void withoutWarmUpStartsBelowThePeak() {
        assertThat(new Schedule(1, 0, 0, Decay.COSINE, 4).at(1)).isLessThan(1).isGreaterThan(0.8);
    }

    @Test
    void refusesWhatIsNotLegal() {
        assertRefused(-1, 0, 1, 10, "train.lr.peak");
        assertRefused(Double.NaN, 0, 1, 10, "train.lr.peak");
        assertRefused(1, 2, 1, 10, "train.lr.min");
        assertRefused(1, 0, -1, 10, "train.lr.warmup-steps");
        assertRefused(1, 0, 11, 10, "train.lr.decay-steps");
    }

    private static void assertRefused(double peak, double floor, long warmup, long decaySteps, String key) {
        assertThatThrownBy(() -> new Schedule(peak, floor, warmup, Decay.COSINE, decaySteps))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(key);
    }
}
