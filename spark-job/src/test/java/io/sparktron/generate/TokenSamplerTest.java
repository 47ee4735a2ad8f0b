package io.sparktron.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSamplerTest {
    private static final int DRAWS = 20_000;

    /** Probabilities 0.5, 0.125, 0.25, 0.125. */
    private static final float[] LOGITS = {log(0.5), log(0.125), log(0.25), log(0.125)};

    @Test
    void greedyTakesTheLikeliestAndOfEqualsTheFirst() {
        TokenSampler sampler = new TokenSampler(new Sampling(1, 0, 1, true, 1));
        assertThat(sampler.next(new float[] {1, 3, 3, 2}, 0)).isEqualTo(1);
    }

    @Test
    void drawsFollowTheDistribution() {
        assertFrequencies(new Sampling(1, 0, 1, false, 7), 0.5, 0.125, 0.25, 0.125);
    }

    @Test
    void temperatureSharpens() { // p^2, normalized
        assertFrequencies(
                new Sampling(0.5, 0, 1, false, 7),
                0.25 / 0.34375,
                0.015625 / 0.34375,
                0.0625 / 0.34375,
                0.015625 / 0.34375);
    }

    @Test
    void topKKeepsSoMany() {
        assertFrequencies(new Sampling(1, 2, 1, false, 7), 2.0 / 3, 0, 1.0 / 3, 0);
    }

    @Test
    void topPKeepsTheFewestThatReachIt() {
        assertFrequencies(new Sampling(1, 0, 0.74, false, 7), 2.0 / 3, 0, 1.0 / 3, 0);
        assertFrequencies(new Sampling(1, 0, 0.01, false, 7), 1, 0, 0, 0);
    }

    @Test
    void equalSeedsDrawEqualTokens() {
        int[] first = draws(new Sampling(1, 0, 1, false, 3));
        assertThat(draws(new Sampling(1, 0, 1, false, 3))).isEqualTo(first);
        assertThat(draws(new Sampling(1, 0, 1, false, 4))).isNotEqualTo(first);
    }

    @Test
    void refusesLogitsThatAreNoNumbers() {
        TokenSampler sampler = new TokenSampler(new Sampling(1, 0, 1, true, 1));
        assertThatThrownBy(() -> sampler.next(new float[] {0, Float.NaN}, 0)).hasMessageContaining("token 1");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1, temperature", "-1, 0, 1, temperature", "1, -1, 1, top-k", "1, 0, 0, top-p", "1, 0, 1.1, top-p"
    })
    void refusesWhatIsNotLegal(double temperature, int topK, double topP, String key) {
        assertThatThrownBy(() -> new Sampling(temperature, topK, topP, false, 1))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("generate." + key);
    }

    /** Within 5 standard deviations of a binomial; draws are fixed by their seed. */
    private static void assertFrequencies(Sampling sampling, double... expected) {
        int[] draws = draws(sampling);
        for (int token = 0; token < expected.length; token++) {
            int wanted = token;
            double share = IntStream.of(draws).filter(drawn -> drawn == wanted).count() / (double) DRAWS;
            double deviation = Math.sqrt(expected[token] * (1 - expected[token]) / DRAWS);
            assertThat(Math.abs(share - expected[token]))
                    .as("share of token " + token)
                    .isLessThanOrEqualTo(5 * deviation);
        }
    }

    private static int[] draws(Sampling sampling) {
        TokenSampler sampler = new TokenSampler(sampling);
        return IntStream.range(0, DRAWS).map(i -> sampler.next(LOGITS, i)).toArray();
    }

    private static float log(double probability) {
        return (float) Math.log(probability);
    }
}
