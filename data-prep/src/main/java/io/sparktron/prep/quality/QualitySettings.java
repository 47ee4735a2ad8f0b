package io.sparktron.prep.quality;

import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import java.util.Map;

/**
 * Which documents are good enough. No setting changes what is measured, only what follows from it.
 *
 * @param languages {@code prep.languages}: codes of the languages to keep; empty = all
 * @param ruleSets {@code prep.rule-sets}: names of {@link RuleSet}
 * @param rules {@code prep.rules}: such as {@code tokens >= 128}; they replace rules of the sets
 */
public record QualitySettings(List<String> languages, List<String> ruleSets, List<String> rules) {
    /** The paper's corpus (arXiv 1909.08053, section 4.1): at least 128 tokens, whatever the language. */
    public static final QualitySettings DEFAULT = new QualitySettings(List.of(), List.of(), List.of("tokens >= 128"));

    /** @throws InvalidInputException that names the key, its value, and what is legal */
    public QualitySettings {
        languages = List.copyOf(languages);
        ruleSets = List.copyOf(ruleSets);
        rules = List.copyOf(rules);
        Rules.of(languages, ruleSets, rules);
    }

    /** The rules in the order in which they are tried. */
    public List<Rule> inOrder() {
        return Rules.of(languages, ruleSets, rules);
    }

    /** All that decides which documents are dropped, by key. */
    public Map<String, String> asMap() {
        return Map.of(
                Rules.LANGUAGES, String.join(", ", languages),
                Rules.RULE_SETS, String.join(", ", ruleSets),
                Rules.RULES, String.join(", ", rules));
    }
}
