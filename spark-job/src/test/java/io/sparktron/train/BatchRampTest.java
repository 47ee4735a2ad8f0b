package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.parallel.Layout;
import io.sparktron.tokens.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchRampTest {
    /** By hand: from 4 by 2 to 10 are three increments, one after each third of 50 samples. */
    @ParameterizedTest
    @CsvSource({"0, 4", "16, 4", "17, 6", "33, 6", "34, 8", "49, 8", "50, 10", "51, 10", "9000000000, 10"})
    void growsAfterEqualPartsOfTheSamples(long consumed, int batch) {
        assertThat(new BatchRamp(4, 2, 50).batch(10, consumed)).isEqualTo(batch);
    }

    @Test
    void withoutARampEveryBatchIsWhole() {
        assertThat(BatchRamp.NONE.batch(7, 0)).isEqualTo(7);
        assertThat(BatchRamp.NONE.consumedAfter(7, 3, 5)).isEqualTo(38);
        assertThat(BatchRamp.NONE.steps(7)).isZero();
        assertThat(new BatchRamp(7, 1, 50).batch(7, 10)).isEqualTo(7); // begins where it ends
        assertThat(new BatchRamp(7, 1, 50).steps(7)).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"4, 2, 50, 10", "1, 1, 1000, 17", "3, 3, 7, 21", "5, 10, 1, 25", "2, 3, 97, 17"})
    void knowsWhatManyStepsUseAsOneStepAfterAnotherDoes(int start, int increment, long samples, int whole) {
        BatchRamp ramp = new BatchRamp(start, increment, samples);
        long consumed = 0;
        long whileGrowing = 0;
        for (int step = 0; step < 400; step++) {
            assertThat(ramp.consumedAfter(whole, 0, step))
                    .as("after step " + step)
                    .isEqualTo(consumed);
            assertThat(ramp.consumedAfter(whole, consumed, 3)).isEqualTo(ramp.consumedAfter(whole, 0, step + 3));
            whileGrowing += consumed < samples ? 1 : 0;
            consumed += ramp.batch(whole, consumed);
        }
        assertThat(ramp.steps(whole)).isEqualTo(whileGrowing);
    }

    @Test
    void refusesWhatDoesNotComeOutEvenAndSaysWhatDoes() {
        assertRefused(new BatchRamp(6, 12, 100), 54, "train.batch-ramp.start = 6", "2 x 6; legal: 12, 24, 36, 48");
        assertRefused(new BatchRamp(12, 3, 100), 60, "train.batch-ramp.increment = 3", "legal: 12, 24, 48");
        assertRefused(new BatchRamp(12, 36, 100), 60, "train.batch-ramp.increment = 36 does not divide", "60 - 12");
        assertRefused(
                new BatchRamp(72, 12, 100), 60, "train.batch-ramp.start = 72", "from 1 to train.global-batch = 60");
        assertRefused(new BatchRamp(12, 12, Long.MAX_VALUE), 60, "train.batch-ramp.samples = 9223372036854775807");
        assertRefused(new BatchRamp(60, 12, Long.MAX_VALUE), 60, "train.batch-ramp.samples = 9223372036854775807");
        new BatchRamp(12, 24, 100).require(60, 6, new Layout(1, 2));
        assertThatThrownBy(() -> new BatchRamp(0, 1, 1)).hasMessageContaining("train.batch-ramp.start = 0");
        assertThatThrownBy(() -> new BatchRamp(1, 0, 1)).hasMessageContaining("train.batch-ramp.increment = 0");
        assertThatThrownBy(() -> new BatchRamp(1, 1, 0)).hasMessageContaining("train.batch-ramp.samples = 0");
    }

    /** The largest that are not refused: no product or sum on the way leaves 64 bits. */
    @ParameterizedTest
    @CsvSource({"60, 12", "12, 12", "12, 48", "59, 1"})
    void countsTheStepsOfTheLongestRamps(int start, int increment) {
        BatchRamp ramp = new BatchRamp(start, increment, Long.MAX_VALUE / ((60 - start) / increment + 2));
        ramp.requireReaches(60);
        long steps = ramp.steps(60);
        assertThat(steps).isBetween(ramp.samples() / 60, ramp.samples() / start + 1);
        assertThat(ramp.consumedAfter(60, 0, steps)).isBetween(ramp.samples(), ramp.samples() + 59);
    }

    private static void assertRefused(BatchRamp ramp, int whole, String... parts) {
        assertThatThrownBy(() -> ramp.require(whole, 6, new Layout(1, 2)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }
}
