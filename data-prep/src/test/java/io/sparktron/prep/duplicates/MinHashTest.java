package io.sparktron.prep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinHashTest {
    /** Standard deviations that a statistic may lie off: once in 1.7 million draws, and the draws here are always the same. */
    private static final double SIGMAS = 5;

    private static final Banding BANDING = new Banding(20, 5);

    private final MinHash minHash = new MinHash(BANDING, new Shingles(ShingleUnit.WORDS, 1));

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.5, 0.7, 0.9})
    void estimatesAreBinomialAndBandsFollowTheCurve(double similarity) {
        int pairs = 3000;
        int union = 200;
        check(similarity, pairs, union);
    }

    @Test
    void veryManyShinglesKeepTheOrdersIndependent() {
        check(0.5, 40, 60_000);
    }

    /**
     * Agreements of n hashes in a pair are binomial if the orders are fair and independent: their mean over the pairs is held to J, their variance to
     * n J (1 - J) (whose own relative standard deviation over p pairs is sqrt(2 / p), near enough), the pairs that share a band to the S-curve.
     */
    private void check(double similarity, int pairs, int union) {
        int n = BANDING.hashes();
        double sum = 0;
        double squares = 0;
        int found = 0;
        for (int pair = 0; pair < pairs; pair++) {
            int shared = (int) Math.round(union * similarity);
            String common = words(pair, 'c', shared);
            String left = common + words(pair, 'l', (union - shared) / 2);
            String right = words(pair, 'r', union - shared - (union - shared) / 2) + common;
            int agreements = agreements(minHash.signature(left), minHash.signature(right));
            sum += agreements;
            squares += (agreements - n * similarity) * (agreements - n * similarity);
            found += sharesBand(minHash.bands(left), minHash.bands(right)) ? 1 : 0;
        }
        double spread = similarity * (1 - similarity);
        assertThat(sum / pairs / n)
                .as("mean estimate")
                .isCloseTo(similarity, within(SIGMAS * Math.sqrt(spread / n / pairs)));
        double variance = n * spread;
        assertThat(squares / pairs)
                .as("variance of agreements")
                .isCloseTo(variance, within(SIGMAS * variance * Math.sqrt(2.0 / pairs)));
        double theory = BANDING.found(similarity);
        assertThat((double) found / pairs)
                .as("found")
                .isCloseTo(theory, within(SIGMAS * Math.sqrt(theory * (1 - theory) / pairs) + 1.0 / pairs));
    }

    @Test
    void theSignatureIsOfTheSetAndNotOfItsOrder() {
        assertThat(minHash.signature("a b c d e f g h i j"))
                .isEqualTo(minHash.signature("j i h g f e d c b a a b a"))
                .hasSize(BANDING.hashes());
        assertThat(minHash.signature("... ")).isNull();
        assertThat(minHash.bands("... ")).isEmpty();
    }

    @Test
    void bandsOfEqualRowsDifferByTheirNumber() {
        assertThat(minHash.bands("word")).hasSize(BANDING.bands()).doesNotHaveDuplicates();
    }

    private static String words(int pair, char kind, int count) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < count; i++) {
            words.append(kind).append(pair).append('x').append(i).append(' ');
        }
        return words.toString();
    }

    private static int agreements(int[] a, int[] b) {
        int agreements = 0;
        for (int i = 0; i < a.length; i++) {
            agreements += a[i] == b[i] ? 1 : 0;
        }
        return agreements;
    }

    private static boolean sharesBand(long[] a, long[] b) {
        for (int i = 0; i < a.length; i++) {
            if (a[i] == b[i]) {
                return true;
            }
        }
        return false;
    }
}
