package io.sparktron.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every epoch takes every sample once, in an order of its own. */
class SampleOrderTest {
    @Test
    void everyEpochOfEverySmallDatasetIsAPermutation() {
        for (int samples = 1; samples <= 300; samples++) {
            for (int block : new int[] {1, 2, 3, 5, 7, 256}) {
                assertPermutations(samples, block, 4);
            }
        }
    }

    @ParameterizedTest(name = "{0} samples in blocks of {1}")
    @CsvSource({"16384, 256", "16385, 256", "16383, 256", "50021, 256", "40961, 13", "65536, 1", "99991, 1000"})
    void everyEpochOfALargeDatasetIsAPermutation(int samples, int block) {
        assertPermutations(samples, block, 3);
    }

    @Test
    void theFirstEpochIsTheStoredOrder() {
        SampleOrder order = new SampleOrder(1001, 7, 3);
        assertThat(LongStream.range(0, 1001).map(order::sample))
                .containsExactlyElementsOf(LongStream.range(0, 1001).boxed().toList());
    }

    @Test
    void laterEpochsDifferFromItAndFromEachOther() {
        SampleOrder order = new SampleOrder(1001, 7, 3);
        assertThat(epoch(order, 1001, 1)).isNotEqualTo(epoch(order, 1001, 0));
        assertThat(epoch(order, 1001, 2)).isNotEqualTo(epoch(order, 1001, 0)).isNotEqualTo(epoch(order, 1001, 1));
    }

    @Test
    void theSeedAloneDecides() {
        assertThat(epoch(new SampleOrder(1001, 7, 3), 1001, 1))
                .isEqualTo(epoch(new SampleOrder(1001, 7, 3), 1001, 1))
                .isNotEqualTo(epoch(new SampleOrder(1001, 7, 4), 1001, 1));
    }

    /** What bounds a reader's memory: the full blocks of a window, and the one block that is not full. */
    @Test
    void aWindowTouchesNoMoreBlocksThanItHolds() {
        int block = 5;
        int windowSamples = SampleOrder.WINDOW * block;
        int samples = 7 * windowSamples + 3 * block + 2;
        SampleOrder order = new SampleOrder(samples, block, 9);
        for (int start = 0; start < samples; start += windowSamples) {
            long blocks = LongStream.range(start, Math.min(start + windowSamples, samples))
                    .map(place -> order.sample(samples + place) / block)
                    .distinct()
                    .count();
            assertThat(blocks).as("blocks of the window at " + start).isLessThanOrEqualTo(SampleOrder.WINDOW);
        }
    }

    @Test
    void refusesAnOrderOfNothing() {
        assertThatThrownBy(() -> new SampleOrder(0, 256, 1)).hasMessageContaining("0 samples");
        assertThatThrownBy(() -> new SampleOrder(5, 0, 1)).hasMessageContaining("blocks of 0");
    }

    private static long[] epoch(SampleOrder order, int samples, long epoch) {
        return LongStream.range(epoch * samples, (epoch + 1) * samples)
                .map(order::sample)
                .toArray();
    }

    private static void assertPermutations(int samples, int block, int epochs) {
        SampleOrder order = new SampleOrder(samples, block, 11);
        for (int epoch = 0; epoch < epochs; epoch++) {
            BitSet seen = new BitSet(samples);
            for (long sample : epoch(order, samples, epoch)) {
                seen.set(Math.toIntExact(sample));
            }
            assertThat(seen.cardinality())
                    .as("samples of epoch %d of %d in blocks of %d", epoch, samples, block)
                    .isEqualTo(samples);
            assertThat(seen.length()).isEqualTo(samples);
        }
    }
}
