package io.sparktron.prep.contamination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** N-grams are told by their words, not by their hashes. */
class EvaluationNGramsTest {
    @Test
    void collisionsAreNoHits() {
        Random random = new Random(2);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            text.append((char) ('a' + random.nextInt(6))).append(' ');
        }
        EvaluationTexts texts = EvaluationTexts.collect(
                Tables.evaluation("e", text.substring(0, 200), "f", text.substring(150, 350), "f", "b a b"));
        EvaluationNGrams full = EvaluationNGrams.of(texts, 4, 3);
        List<String> expected = found(full, text.toString());

        assertThat(expected).hasSizeGreaterThan(170).contains("b a b");
        assertThat(full.size()).isBetween(100, 175);
        for (long mask : new long[] {0, 1, 0xFF, 0xFFFF_0000_0000_0000L}) {
            EvaluationNGrams weak = new EvaluationNGrams(texts, 4, 3, mask);
            assertThat(weak.size()).isEqualTo(full.size());
            assertThat(found(weak, text.toString())).isEqualTo(expected);
        }
    }

    private static List<String> found(EvaluationNGrams ngrams, String text) {
        List<String> found = new ArrayList<>();
        ngrams.find(text, (ngram, from, to) -> {
            assertThat(ngrams.words(ngram)).isEqualTo(text.substring(from, to));
            found.add(text.substring(from, to));
        });
        return found;
    }

    @Test
    void anEmptyInputIsRefused() {
        assertThatThrownBy(() -> EvaluationTexts.collect(Tables.evaluation("e", "", "e", null)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("prep.decontaminate.input holds no text; legal: files with at least one evaluation text");
    }

    @Test
    void textsBelowTheShortestAreNotSearched() {
        EvaluationTexts texts = EvaluationTexts.collect(Tables.evaluation("e", "one two", "e", "...", "e", "1 2 3"));

        EvaluationNGrams ngrams = EvaluationNGrams.of(texts, 5, 4);

        assertThat(ngrams.size()).isZero();
        assertThat(found(ngrams, "one two 1 2 3")).isEmpty();
    }
}
