package io.sparktron.prep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AllPairsTest {
    @Test
    void findsWhatComparingEveryPairFinds() {
        Random random = new Random(5);
        List<long[]> sets = new ArrayList<>(List.of(new long[0], new long[0], new long[] {1}, new long[] {1}));
        for (int family = 0; family < 40; family++) {
            int from = random.nextInt(200);
            for (int member = 0; member < 4; member++) {
                int rare = random.nextInt(12);
                sets.add(random.longs(40, from, from + 30 + rare)
                        .distinct()
                        .sorted()
                        .toArray());
            }
        }
        for (double threshold : new double[] {0.3, 0.5, 0.7, 0.9, 1}) {
            List<AllPairs.Pair> expected = new ArrayList<>();
            for (int one = 0; one < sets.size(); one++) {
                for (int other = one + 1; other < sets.size(); other++) {
                    double similarity = AllPairs.similarity(sets.get(one), sets.get(other));
                    if (similarity >= threshold) {
                        expected.add(new AllPairs.Pair(one, other, similarity));
                    }
                }
            }
            assertThat(expected).isNotEmpty();
            assertThat(AllPairs.of(sets, threshold)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void similarityIsSharedOverAll() {
        assertThat(AllPairs.similarity(new long[] {1, 2, 3, 5}, new long[] {2, 3, 4}))
                .isEqualTo(0.4);
        assertThat(AllPairs.similarity(new long[0], new long[0])).isZero();
        assertThat(AllPairs.similarity(new long[0], new long[] {1})).isZero();
    }
}
