package io.sparktron.prep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.tokens.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BandingTest {
    @Test
    void theDefaultReachesItsRecall() {
        Banding banding = DuplicateSettings.DEFAULT.banding();
        assertThat(banding).isEqualTo(new Banding(20, 5));
        assertThat(banding.found(0.7)).isGreaterThanOrEqualTo(0.97);
        assertThat(banding.found(0.8)).isGreaterThanOrEqualTo(0.995);
        assertThat(banding.found(0.35)).isLessThanOrEqualTo(0.15);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.97", "0.6, 0.9", "0.7, 0.99", "0.8, 0.97", "0.9, 0.995", "0.95, 0.5"})
    void noFewerHashesReachTheRecall(double threshold, double recall) {
        Banding solved = Banding.solve(threshold, recall);
        assertThat(meets(solved, threshold, recall)).isTrue();
        for (int bands = 1; bands < solved.hashes(); bands++) {
            for (int rows = 1; bands * rows < solved.hashes(); rows++) {
                assertThat(meets(new Banding(bands, rows), threshold, recall)).isFalse();
            }
        }
    }

    private static boolean meets(Banding banding, double threshold, double recall) {
        return banding.found(threshold) >= recall
                && banding.found(Math.min(1, threshold + 0.1)) >= 1 - (1 - recall) / 6
                && banding.found(threshold / 2) <= 0.15;
    }

    @Test
    void theCurveIsThatOfIndependentHashes() {
        assertThat(new Banding(3, 2).found(0.5)).isCloseTo(1 - 0.75 * 0.75 * 0.75, within(1e-15));
        assertThat(new Banding(14, 8).sCurve())
                .hasSize(21)
                .startsWith("14 bands x 8 rows", "similarity  found")
                .contains("      0.80  0.923548")
                .endsWith("      1.00  1.000000");
    }

    @Test
    void settingsAreCheckedByTheirKeys() {
        assertThat(settings(0.7, 0.97, 14, 8).banding()).isEqualTo(new Banding(14, 8));
        assertThat(DuplicateSettings.DEFAULT.asMap()).containsEntry("prep.duplicates.threshold", "0.7");
        assertRefused("prep.duplicates.threshold = 1.0", 1, 0.97, 0, 0);
        assertRefused("prep.duplicates.recall = NaN", 0.7, Double.NaN, 0, 0);
        assertRefused("prep.duplicates.rows = 0", 0.7, 0.97, 14, 0);
        assertRefused("their product 1024", 0.7, 0.97, 600, 2);
        assertRefused("prep.duplicates.recall = 0.97 at prep.duplicates.threshold = 0.1", 0.1, 0.97, 0, 0);
        assertThatThrownBy(() -> ShingleUnit.named("lines")).hasMessageContaining("prep.duplicates.unit = lines");
        assertThat(ShingleUnit.named("characters")).isEqualTo(ShingleUnit.CHARACTERS);
    }

    private static void assertRefused(String message, double threshold, double recall, int bands, int rows) {
        assertThatThrownBy(() -> settings(threshold, recall, bands, rows))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    private static DuplicateSettings settings(double threshold, double recall, int bands, int rows) {
        return new DuplicateSettings(true, true, 5, ShingleUnit.WORDS, threshold, recall, bands, rows, 2000);
    }
}
