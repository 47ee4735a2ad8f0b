package io.sparktron.prep.quality;

import io.sparktron.tokens.InvalidInputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the list of rules that a configuration means, in the order in which they are tried: the languages, the rule sets as they are named, then the rules that are written out. A written
 * rule takes the place of the first rule of a set with the same measure and direction, and the other sets lose theirs.
 */
final class Rules {
    static final String LANGUAGES = "prep.languages";
    static final String RULE_SETS = "prep.rule-sets";
    static final String RULES = "prep.rules";

    /** Below it the language is a guess: that of the FineWeb run, among others. */
    static final double LANGUAGE_SCORE = 0.65;

    private Rules() {}

    /** @throws InvalidInputException that names the key, its value, and what is legal */
    static List<Rule> of(List<String> languages, List<String> ruleSets, List<String> written) {
        List<Rule> rules = new ArrayList<>();
        languages(languages, rules);
        requireDistinct(ruleSets, RULE_SETS);
        for (String label : ruleSets) {
            rules.addAll(RuleSet.named(label)
                    .orElseThrow(() -> new InvalidInputException(
                            RULE_SETS + " = " + label + "; legal: " + String.join(", ", RuleSet.labels())))
                    .rules());
        }
        List<MeasureRule> bounds = new ArrayList<>();
        for (String text : written) {
            MeasureRule rule = MeasureRule.parse(text, RULES);
            if (bounds.stream().anyMatch(rule::bounds)) {
                throw new InvalidInputException(RULES + " = " + written + " bounds "
                        + rule.measure().column() + " twice on one side; legal: one rule of a measure and a direction");
            }
            bounds.add(rule);
            place(rule, rules);
        }
        return List.copyOf(rules);
    }

    private static void languages(List<String> languages, List<Rule> rules) {
        requireDistinct(languages, LANGUAGES);
        for (String language : languages) {
            if (!Language.codes().contains(language)) {
                throw new InvalidInputException(LANGUAGES + " = " + language + "; legal: "
                        + String.join(", ", Language.codes()) + " (none = all)");
            }
        }
        if (!languages.isEmpty()) {
            rules.add(new LanguageRule(List.copyOf(languages), LANGUAGES));
            rules.add(MeasureRule.atLeast(Measure.LANGUAGE_SCORE, LANGUAGE_SCORE, LANGUAGES));
        }
    }

    private static void place(MeasureRule rule, List<Rule> rules) {
        int place = rules.size();
        for (int i = rules.size() - 1; i >= 0; i--) {
            if (rules.get(i) instanceof MeasureRule other && rule.bounds(other)) {
                rules.remove(i);
                place = i;
            }
        }
        rules.add(Math.min(place, rules.size()), rule);
    }

    private static void requireDistinct(List<String> values, String key) {
        Set<String> seen = new HashSet<>();
        for (String value : values) {
            if (!seen.add(value)) {
                throw new InvalidInputException(key + " = " + values + " names " + value + " twice; legal: each once");
            }
        }
    }
}
