package io.sparktron.prep.quality;

import static io.sparktron.prep.quality.MeasureRule.atLeast;
import static io.sparktron.prep.quality.MeasureRule.atMost;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The published rules that {@code prep.rule-sets} can name, with their published thresholds. They were made for English. */
enum RuleSet {
    /** arXiv 2112.11446, appendix A1.1, "Quality Filtering". */
    GOPHER_QUALITY {
        @Override
        List<MeasureRule> rules() {
            return List.of(
                    atLeast(Measure.WORDS, 50, label()),
                    atMost(Measure.WORDS, 100_000, label()),
                    atLeast(Measure.MEAN_WORD_LENGTH, 3, label()),
                    atMost(Measure.MEAN_WORD_LENGTH, 10, label()),
                    atMost(Measure.SYMBOL_WORDS, 0.1, label()),
                    atMost(Measure.BULLET_LINES, 0.9, label()),
                    atMost(Measure.ELLIPSIS_LINES, 0.3, label()),
                    atLeast(Measure.ALPHA_WORDS, 0.8, label()),
                    atLeast(Measure.STOP_WORDS, 2, label()));
        }
    },

    /** arXiv 2112.11446, appendix A1.1, "Repetition Removal", table A1. */
    GOPHER_REPETITION {
        @Override
        List<MeasureRule> rules() {
            return List.of(
                    atMost(Measure.DUPLICATE_LINES, 0.3, label()),
                    atMost(Measure.DUPLICATE_PARAGRAPHS, 0.3, label()),
                    atMost(Measure.DUPLICATE_LINE_CHARACTERS, 0.2, label()),
                    atMost(Measure.DUPLICATE_PARAGRAPH_CHARACTERS, 0.2, label()),
                    atMost(Measure.TOP_2_GRAM, 0.2, label()),
                    atMost(Measure.TOP_3_GRAM, 0.18, label()),
                    atMost(Measure.TOP_4_GRAM, 0.16, label()),
                    atMost(Measure.DUPLICATE_5_GRAM, 0.15, label()),
                    atMost(Measure.DUPLICATE_6_GRAM, 0.14, label()),
                    atMost(Measure.DUPLICATE_7_GRAM, 0.13, label()),
                    atMost(Measure.DUPLICATE_8_GRAM, 0.12, label()),
                    atMost(Measure.DUPLICATE_9_GRAM, 0.11, label()),
                    atMost(Measure.DUPLICATE_10_GRAM, 0.1, label()));
        }
    },

    /**
     * arXiv 1910.10683, section 2.2: its rules about whole pages. Its rules about lines remove those lines only, which is the work of cleaning ({@code prep.clean.c4-lines});
     * {@link Measure#TERMINAL_LINES}, {@link Measure#JAVASCRIPT_LINES}, {@link Measure#POLICY_LINES} and {@link Measure#LONGEST_WORD} measure what they would find.
     */
    C4 {
        @Override
        List<MeasureRule> rules() {
            return List.of(
                    atLeast(Measure.SENTENCES, 5, label()),
                    atMost(Measure.LOREM_IPSUM, 0, label()),
                    atMost(Measure.CURLY_BRACES, 0, label()));
        }
    },

    /** arXiv 2406.17557, section 3, with the thresholds of the program that filtered FineWeb. */
    FINEWEB {
        @Override
        List<MeasureRule> rules() {
            return List.of(
                    atLeast(Measure.LINE_END_PUNCTUATION, 0.12, label()),
                    atMost(Measure.SHORT_LINES, 0.67, label()),
                    atMost(Measure.DUPLICATE_LINE_CHARACTERS, 0.01, label()),
                    atMost(Measure.NEWLINE_WORDS, 0.3, label()));
        }
    };

    abstract List<MeasureRule> rules();

    /** Its name in a configuration. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(RuleSet::label).toList();
    }

    static Optional<RuleSet> named(String label) {
        return Arrays.stream(values()).filter(set -> set.label().equals(label)).findFirst();
    }
}
