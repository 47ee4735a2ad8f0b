package io.sparktron.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator.OfLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PositionsTest {
    @Test
    void dataRanksDivideEveryGlobalBatch() {
        assertThat(all(Positions.ofSteps(10, 2, 6, 3, 0))).containsExactly(10L, 11L, 16L, 17L);
        assertThat(all(Positions.ofSteps(10, 2, 6, 3, 2))).containsExactly(14L, 15L, 20L, 21L);
    }

    @Test
    void batchesMayGrow() {
        assertThat(all(Positions.ofSteps(10, 3, start -> start < 15 ? 3 : 6, 3, 1)))
                .containsExactly(11L, 14L, 18L, 19L);
    }

    @Test
    void onePassReadsEverySampleOnce() {
        List<Long> together = new ArrayList<>();
        for (int dataRank = 0; dataRank < 3; dataRank++) {
            together.addAll(all(Positions.ofOnePass(17, 2, 3, dataRank)));
        }
        assertThat(together)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 17).boxed().toList());
        assertThat(all(Positions.ofOnePass(17, 2, 3, 2))).containsExactly(4L, 5L, 10L, 11L, 16L);
    }

    private static List<Long> all(OfLong positions) {
        List<Long> all = new ArrayList<>();
        positions.forEachRemaining((long position) -> all.add(position));
        return all;
    }
}
