package io.sparktron.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.parallel.Placement.Replicated;
import io.sparktron.parallel.Placement.Split;
import io.sparktron.tensor.Shape;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final Shape VOCABULARY = Shape.of(101, 5);

    @Test
    void replicasAreWholeAndCountOnce() {
        Replicated replicated = new Replicated();
        assertThat(replicated.local(VOCABULARY)).isEqualTo(VOCABULARY);
        assertThat(replicated.box(VOCABULARY, 3)).isEqualTo(Box.whole(VOCABULARY));
        assertThat(replicated.counts(0)).isTrue();
        assertThat(replicated.counts(1)).isFalse();
    }

    @Test
    void anEvenSplitFollowsItsDimension() {
        Shape fused = Shape.of(3, 6, 7, 42);
        Split split = Split.even(fused, 1, 3);
        assertThat(split.local(fused)).isEqualTo(Shape.of(3, 2, 7, 42));
        assertThat(split.box(fused, 2)).isEqualTo(new Box(new long[] {0, 4, 0, 0}, new long[] {3, 2, 7, 42}));
        assertThat(split.counts(2)).isTrue();
        assertThatThrownBy(() -> Split.even(fused, 1, 4)).hasMessageContaining("dimension 1 of [3, 6, 7, 42]");
    }

    @Test
    void aPaddedSplitCoversTheVocabularyAndPadsTheLastShares() {
        Split split = Split.padded(VOCABULARY, 4, 8); // ceil(101 / 4) = 26, rounded up to 32
        assertThat(split.local(VOCABULARY)).isEqualTo(Shape.of(32, 5));
        assertThat(split.box(VOCABULARY, 0)).isEqualTo(new Box(new long[] {0, 0}, new long[] {32, 5}));
        assertThat(split.box(VOCABULARY, 3)).isEqualTo(new Box(new long[] {96, 0}, new long[] {5, 5}));
    }

    @Test
    void aRankMayHoldNothingButPadding() {
        Split split = Split.padded(VOCABULARY, 3, 64); // 64 rows each: 64, 37, 0
        assertThat(split.box(VOCABULARY, 1)).isEqualTo(new Box(new long[] {64, 0}, new long[] {37, 5}));
        assertThat(split.box(VOCABULARY, 2)).isEqualTo(new Box(new long[] {101, 0}, new long[] {0, 5}));
    }
}
