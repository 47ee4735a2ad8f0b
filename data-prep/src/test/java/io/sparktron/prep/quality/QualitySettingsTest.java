package io.sparktron.prep.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which rules a configuration means, in which order, and what it is told when it means none. */
class QualitySettingsTest {
    private static List<String> rules(List<String> languages, List<String> sets, String... rules) {
        return new QualitySettings(languages, sets, List.of(rules))
                .inOrder().stream().map(Rule::text).toList();
    }

    @Test
    void theDefaultIsThePapersLength() {
        assertThat(QualitySettings.DEFAULT.inOrder()).hasSize(1);
        assertThat(QualitySettings.DEFAULT.inOrder().get(0).text()).isEqualTo("tokens >= 128");
        assertThat(QualitySettings.DEFAULT.inOrder().get(0).set()).isEqualTo("prep.rules");
        assertThat(QualitySettings.DEFAULT.asMap())
                .containsEntry("prep.rules", "tokens >= 128")
                .containsEntry("prep.rule-sets", "")
                .containsEntry("prep.languages", "");
    }

    @Test
    void aRuleIsReadWhateverItsSpaces() {
        assertThat(rules(List.of(), List.of(), "  words>=50 ", "digits   <=\t1e-1", "tokens >= 0", "lines <= -2.50"))
                .containsExactly("words >= 50", "digits <= 0.1", "tokens >= 0", "lines <= -2.5");
    }

    @Test
    void theSetsHaveTheirPublishedThresholds() {
        assertThat(rules(List.of(), List.of("gopher-quality")))
                .containsExactly(
                        "words >= 50",
                        "words <= 100000",
                        "mean_word_length >= 3",
                        "mean_word_length <= 10",
                        "symbol_words <= 0.1",
                        "bullet_lines <= 0.9",
                        "ellipsis_lines <= 0.3",
                        "alpha_words >= 0.8",
                        "stop_words >= 2");
        assertThat(rules(List.of(), List.of("gopher-repetition")))
                .containsExactly(
                        "duplicate_lines <= 0.3",
                        "duplicate_paragraphs <= 0.3",
                        "duplicate_line_characters <= 0.2",
                        "duplicate_paragraph_characters <= 0.2",
                        "top_2_gram <= 0.2",
                        "top_3_gram <= 0.18",
                        "top_4_gram <= 0.16",
                        "duplicate_5_gram <= 0.15",
                        "duplicate_6_gram <= 0.14",
                        "duplicate_7_gram <= 0.13",
                        "duplicate_8_gram <= 0.12",
                        "duplicate_9_gram <= 0.11",
                        "duplicate_10_gram <= 0.1");
        assertThat(rules(List.of(), List.of("c4")))
                .containsExactly("sentences >= 5", "lorem_ipsum <= 0", "curly_braces <= 0");
        assertThat(rules(List.of(), List.of("fineweb")))
                .containsExactly(
                        "line_end_punctuation >= 0.12",
                        "short_lines <= 0.67",
                        "duplicate_line_characters <= 0.01",
                        "newline_words <= 0.3");
    }

    @Test
    void theOrderIsLanguagesThenSetsThenRules() {
        assertThat(rules(List.of("de", "en"), List.of("fineweb", "c4"), "tokens >= 128"))
                .startsWith("language in [de, en]", "language_score >= 0.65", "line_end_punctuation >= 0.12")
                .endsWith("curly_braces <= 0", "tokens >= 128")
                .hasSize(10);
    }

    @Test
    void aRuleReplacesThatOfASetInItsPlace() {
        List<Rule> rules = new QualitySettings(
                        List.of("en"),
                        List.of("c4"),
                        List.of("lorem_ipsum <= 2", "language_score >= 0.5", "sentences <= 9"))
                .inOrder();
        assertThat(rules)
                .extracting(Rule::text)
                .containsExactly(
                        "language in [en]",
                        "language_score >= 0.5",
                        "sentences >= 5",
                        "lorem_ipsum <= 2",
                        "curly_braces <= 0",
                        "sentences <= 9");
        assertThat(rules)
                .extracting(Rule::set)
                .containsExactly("prep.languages", "prep.rules", "c4", "prep.rules", "c4", "prep.rules");
    }

    @Test
    void aRuleReplacesThoseOfAllSetsInTheFirstPlace() {
        List<String> rules =
                rules(List.of(), List.of("fineweb", "gopher-repetition"), "duplicate_line_characters <= 0.05");
        assertThat(rules).hasSize(4 + 13 - 1);
        assertThat(rules.get(2)).isEqualTo("duplicate_line_characters <= 0.05");
        assertThat(rules)
                .filteredOn(rule -> rule.startsWith("duplicate_line_characters"))
                .hasSize(1);
    }

    @Test
    void bordersAndUndefinedValuesHold() {
        MeasureRule least = MeasureRule.parse("digits >= 0.25", "prep.rules");
        assertThat(least.holds(0.25)).isTrue();
        assertThat(least.holds(Math.nextDown(0.25))).isFalse();
        assertThat(least.holds(Double.NaN)).isTrue();
        MeasureRule most = MeasureRule.parse("digits <= 0.25", "prep.rules");
        assertThat(most.holds(0.25)).isTrue();
        assertThat(most.holds(Math.nextUp(0.25))).isFalse();
        assertThat(most.holds(Double.NaN)).isTrue();
    }

    @Test
    void errorsNameTheKeyTheValueAndWhatIsLegal() {
        assertRefused(List.of(), List.of(), "tokens > 128", "prep.rules = \"tokens > 128\"; legal: MEASURE >= NUMBER");
        assertRefused(List.of(), List.of(), "", "prep.rules = \"\"; legal: ");
        assertRefused(
                List.of(),
                List.of(),
                "token >= 128",
                "prep.rules = \"token >= 128\": there is no measure token, the nearest is tokens; legal: language_score, tokens, ");
        assertRefused(List.of(), List.of(), "mean-word-length >= 3", "prep.rules = \"mean-word-length >= 3\"; legal: ");
        assertRefused(List.of(), List.of(), "wrods >= 3", "the nearest is words");
        for (String number : List.of("many", "NaN", "Infinity", "1e999", "0x10")) {
            assertRefused(
                    List.of(), List.of(), "words >= " + number, number + " is no number; legal: a finite decimal");
        }
        assertRefused(
                List.of(),
                List.of("gopher"),
                "words >= 1",
                "prep.rule-sets = gopher; legal: gopher-quality, gopher-repetition, c4, fineweb");
        assertRefused(List.of(), List.of("c4", "c4"), "words >= 1", "prep.rule-sets = [c4, c4] names c4 twice");
        assertRefused(List.of("english"), List.of(), "words >= 1", "prep.languages = english; legal: af, an, ar, ");
        assertRefused(List.of("en", "en"), List.of(), "words >= 1", "prep.languages = [en, en] names en twice");
        assertThatThrownBy(() -> rules(List.of(), List.of(), "words >= 1", "words >= 2"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prep.rules = [words >= 1, words >= 2] bounds words twice on one side; legal: ");
    }

    private static void assertRefused(List<String> languages, List<String> sets, String rule, String message) {
        assertThatThrownBy(() -> rules(languages, sets, rule))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }
}
