package io.sparktron.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleOrderTest {
    private static final int BLOCK = 256;
    private static final int WINDOW = 64 * BLOCK;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 255, 256, 257, 513, WINDOW - 1, WINDOW, WINDOW + 1, WINDOW + 3, 2 * WINDOW + 777})
    void everyEpochTakesEverySampleOnce(int samples) {
        for (int block : new int[] {1, 7, BLOCK}) {
            SampleOrder order = new SampleOrder(samples, block, 11);
            for (long epoch : new long[] {0, 1, 2, 1000}) {
                BitSet seen = new BitSet(samples);
                for (long sample : epoch(order, samples, epoch)) {
                    seen.set((int) sample);
                }
                assertThat(seen.cardinality()).isEqualTo(samples);
                assertThat(seen.length()).isEqualTo(samples);
            }
        }
    }

    @Test
    void soDoEpochsOfEverySmallDataset() {
        for (int samples = 1; samples <= 300; samples++) {
            for (int block : new int[] {1, 2, 3, 5, 7, BLOCK}) {
                long[] epoch = epoch(new SampleOrder(samples, block, 11), samples, 3);
                Arrays.sort(epoch);
                assertThat(epoch).isEqualTo(LongStream.range(0, samples).toArray());
            }
        }
    }

    @Test
    void epochZeroIsTheStoredOrder() {
        assertThat(epoch(new SampleOrder(1000, BLOCK, 3), 1000, 0))
                .isEqualTo(LongStream.range(0, 1000).toArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 3 * BLOCK + 5, WINDOW + 3})
    void epochsAndSeedsDiffer(int samples) {
        Set<String> orders = new HashSet<>();
        for (long seed : new long[] {0, 1, -1, 1L << 40}) {
            SampleOrder order = new SampleOrder(samples, BLOCK, seed);
            for (long epoch = 1; epoch <= 3; epoch++) {
                orders.add(Arrays.toString(epoch(order, samples, epoch)));
            }
        }
        orders.add(Arrays.toString(LongStream.range(0, samples).toArray()));
        assertThat(orders).hasSize(4 * 3 + 1);
    }

    @Test
    void aWindowTakesItsSamplesFrom64BlocksOnly() {
        int samples = 5 * WINDOW + 2 * BLOCK;
        long[] epoch = epoch(new SampleOrder(samples, BLOCK, 7), samples, 1);
        for (int start = 0; start < samples; start += WINDOW) {
            int end = Math.min(start + WINDOW, samples);
            long[] window = Arrays.copyOfRange(epoch, start, end);
            assertThat(Arrays.stream(window)
                            .map(sample -> sample / BLOCK)
                            .distinct()
                            .count())
                    .isEqualTo((end - start) / BLOCK);
            // Mixed: some block's samples do not follow each other.
            assertThat(Arrays.stream(window, 0, BLOCK)
                            .map(sample -> sample / BLOCK)
                            .distinct()
                            .count())
                    .isGreaterThan(1);
        }
        assertThat(Arrays.stream(epoch, 0, WINDOW).max().orElseThrow()).isGreaterThan(WINDOW);
    }

    /** Binomial: over 3000 epochs each of 5 samples comes first 600 times, give or take 6 deviations of 22. */
    @Test
    void noSampleIsPreferred() {
        int[] first = new int[5];
        SampleOrder order = new SampleOrder(5, BLOCK, 1);
        for (long epoch = 1; epoch <= 3000; epoch++) {
            first[(int) order.sample(epoch * 5)]++;
        }
        for (int count : first) {
            assertThat(count).isBetween(600 - 132, 600 + 132);
        }
    }

    /** A resumed run relies on the order of the run before: these numbers must never change. */
    @Test
    void theOrderIsForEver() {
        SampleOrder order = new SampleOrder(100_000, BLOCK, 42);
        assertThat(LongStream.of(100_000, 100_001, 150_000, 199_999, 200_000)
                        .map(order::sample)
                        .toArray())
                .containsExactly(75439, 99466, 36936, 82926, 89627);
    }

    @Test
    void refusesWhatIsNoOrder() {
        assertThatThrownBy(() -> new SampleOrder(0, BLOCK, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SampleOrder(5, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SampleOrder(5, BLOCK, 1).sample(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    private static long[] epoch(SampleOrder order, int samples, long epoch) {
        return LongStream.range(epoch * samples, (epoch + 1) * samples)
                .map(order::sample)
                .toArray();
    }
}
