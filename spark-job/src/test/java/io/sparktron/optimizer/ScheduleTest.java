package io.sparktron.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.optimizer.Schedule.Decay;
import io.sparktron.tokens.InvalidInputException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    private static final int FEW_ULPS = 2;

    /** By hand, for a peak of 1, a floor of 0.125, W = 8, D = 40 and, where it cools down, C = 16. */
    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    constant            | 0    | 0
                    constant            | 1    | 0.125
                    constant            | 8    | 1
                    constant            | 9    | 1
                    constant            | 24   | 1
                    constant            | 40   | 1
                    constant            | 1000 | 1
                    linear              | 0    | 0
                    linear              | 1    | 0.125
                    linear              | 8    | 1
                    linear              | 9    | 0.96875
                    linear              | 24   | 0.5
                    linear              | 36   | 0.125
                    linear              | 39   | 0.125
                    linear              | 40   | 0.125
                    linear              | 1000 | 0.125
                    cosine              | 0    | 0
                    cosine              | 1    | 0.125
                    cosine              | 8    | 1
                    cosine              | 9    | 0.9975923633360984
                    cosine              | 16   | 0.8535533905932737
                    cosine              | 24   | 0.5
                    cosine              | 32   | 0.14644660940672624
                    cosine              | 39   | 0.125
                    cosine              | 40   | 0.125
                    cosine              | 1000 | 0.125
                    inverse-square-root | 0    | 0
                    inverse-square-root | 1    | 0.125
                    inverse-square-root | 8    | 1
                    inverse-square-root | 9    | 0.9428090415820634
                    inverse-square-root | 32   | 0.5
                    inverse-square-root | 40   | 0.4472135954999579
                    inverse-square-root | 128  | 0.25
                    inverse-square-root | 1000 | 0.125
                    wsd                 | 0    | 0
                    wsd                 | 1    | 0.125
                    wsd                 | 8    | 1
                    wsd                 | 9    | 1
                    wsd                 | 24   | 1
                    wsd                 | 25   | 0.9375
                    wsd                 | 32   | 0.5
                    wsd                 | 39   | 0.125
                    wsd                 | 40   | 0.125
                    wsd                 | 1000 | 0.125
                    """)
    void followsItsFormula(String decay, long step, double rate) {
        Decay named = Decay.valueOf(decay.toUpperCase(Locale.ROOT).replace('-', '_'));
        Schedule schedule = new Schedule(1, 0.125, 8, named, 40, 16);
        assertThat(schedule.at(step)).isCloseTo(rate, within(FEW_ULPS * Math.ulp(1.0)));
        double half = new Schedule(0.5, 0.0625, 8, named, 40, 16).at(step);
        assertThat(half).isEqualTo(schedule.at(step) / 2);
    }

    @Test
    void withoutWarmUpStartsBelowThePeakIfItFallsAtOnce() {
        assertThat(new Schedule(1, 0, 0, Decay.COSINE, 4).at(1)).isCloseTo(0.8535533905932737, within(1e-15));
        assertThat(new Schedule(1, 0, 0, Decay.LINEAR, 4).at(1)).isEqualTo(0.75);
        assertThat(new Schedule(1, 0, 0, Decay.INVERSE_SQUARE_ROOT, 4).at(1)).isEqualTo(1);
        assertThat(new Schedule(1, 0, 0, Decay.INVERSE_SQUARE_ROOT, 4).at(16)).isEqualTo(0.25);
    }

    @Test
    void coolsDownInATenthOfTheStepsUnlessTold() {
        Schedule schedule = new Schedule(1, 0, 5, Decay.WSD, 200);
        assertThat(schedule.at(180)).isEqualTo(1);
        assertThat(schedule.at(190)).isEqualTo(0.5);
        assertThat(new Schedule(1, 0.25, 0, Decay.WSD, 4, 0).at(3)).isEqualTo(1);
        assertThat(new Schedule(1, 0.25, 0, Decay.WSD, 4, 0).at(4)).isEqualTo(0.25);
    }

    @Test
    void refusesWhatIsNotLegal() {
        assertRefused(-1, 0, 1, 10, "train.lr.peak");
        assertRefused(Double.NaN, 0, 1, 10, "train.lr.peak");
        assertRefused(1, 2, 1, 10, "train.lr.min");
        assertRefused(1, 0, -1, 10, "train.lr.warmup-steps");
        assertRefused(1, 0, 11, 10, "train.lr.decay-steps");
        assertThatThrownBy(() -> new Schedule(1, 0, 4, Decay.WSD, 10, 7))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("train.lr.cooldown-steps = 7")
                .hasMessageContaining("= 6");
    }

    @Test
    void asksNothingOfTheEndOfADecayWithoutOne() {
        assertThat(new Schedule(1, 0, 11, Decay.CONSTANT, 10).at(12)).isEqualTo(1);
        assertThat(new Schedule(1, 0, 11, Decay.INVERSE_SQUARE_ROOT, 10).at(44)).isEqualTo(0.5);
    }

    private static void assertRefused(double peak, double floor, long warmup, long decaySteps, String key) {
        for (Decay decay : new Decay[] {Decay.LINEAR, Decay.COSINE, Decay.WSD}) {
            assertThatThrownBy(() -> new Schedule(peak, floor, warmup, decay, decaySteps))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(key);
        }
    }
}
