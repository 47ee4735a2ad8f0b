package io.sparktron.prep.quality;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is measured of every document. A measure's column in the table of measures, and its name in a rule, is its name in lower case.
 *
 * <p>A ratio whose denominator is 0 (the words of an empty text) is NaN: undefined. Words, lines, paragraphs and duplicates are what the page of this package says.
 */
public enum Measure {
    LANGUAGE_SCORE("0 to 1", "certainty of the language that was found; 0 if it is unknown", Source.HOUSE),
    TOKENS("tokens", "tokens of GPT-2, end-of-text not counted", Source.MEGATRON),

    WORDS("words", "words", Source.GOPHER),
    MEAN_WORD_LENGTH("characters", "mean length of a word", Source.GOPHER),
    LONGEST_WORD("characters", "length of the longest word", Source.C4),
    SYMBOL_WORDS("per word", "hash signs or ellipses (... or \u2026), whichever are more, per word", Source.GOPHER),
    ALPHA_WORDS("fraction", "words with at least one letter", Source.GOPHER),
    STOP_WORDS("words", "how many of the, be, to, of, and, that, have, with occur", Source.GOPHER),

    LINES("lines", "lines that are not blank", Source.HOUSE),
    PARAGRAPHS("paragraphs", "paragraphs", Source.HOUSE),
    SENTENCES("sentences", "ends of sentences", Source.C4),
    BULLET_LINES("fraction", "lines that begin with a bullet", Source.GOPHER),
    ELLIPSIS_LINES("fraction", "lines that end with an ellipsis", Source.GOPHER),
    TERMINAL_LINES("fraction", "lines that end with . ! ? or a quotation mark, and not with an ellipsis", Source.C4),
    LINE_END_PUNCTUATION(
            "fraction", "lines that end with punctuation that ends sentences, in any script", Source.FINEWEB),
    SHORT_LINES("fraction", "lines of at most 30 characters", Source.FINEWEB),
    NEWLINE_WORDS("per word", "line feeds per word", Source.FINEWEB),
    JAVASCRIPT_LINES("fraction", "lines that contain \"javascript\"", Source.C4),
    POLICY_LINES("fraction", "lines with a phrase of terms of use or cookie policies", Source.C4),
    CURLY_BRACES("characters", "curly braces", Source.C4),
    LOREM_IPSUM("times", "how often \"lorem ipsum\" occurs", Source.C4),

    NON_ALPHANUMERIC("fraction", "characters that are no letter, number or white space", Source.HOUSE),
    DIGITS("fraction", "characters that are numbers", Source.HOUSE),
    WHITE_SPACE("fraction", "characters that are white space", Source.HOUSE),

    DUPLICATE_LINES("fraction", "lines that are duplicates", Source.GOPHER),
    DUPLICATE_LINE_CHARACTERS("fraction", "characters of lines that are in duplicate lines", Source.GOPHER),
    DUPLICATE_PARAGRAPHS("fraction", "paragraphs that are duplicates", Source.GOPHER),
    DUPLICATE_PARAGRAPH_CHARACTERS(
            "fraction", "characters of paragraphs that are in duplicate paragraphs", Source.GOPHER),
    TOP_2_GRAM("fraction", "characters of words that are in the most frequent 2-gram", Source.GOPHER),
    TOP_3_GRAM("fraction", "characters of words that are in the most frequent 3-gram", Source.GOPHER),
    TOP_4_GRAM("fraction", "characters of words that are in the most frequent 4-gram", Source.GOPHER),
    DUPLICATE_5_GRAM("fraction", "characters of words that are in duplicate 5-grams", Source.GOPHER),
    DUPLICATE_6_GRAM("fraction", "characters of words that are in duplicate 6-grams", Source.GOPHER),
    DUPLICATE_7_GRAM("fraction", "characters of words that are in duplicate 7-grams", Source.GOPHER),
    DUPLICATE_8_GRAM("fraction", "characters of words that are in duplicate 8-grams", Source.GOPHER),
    DUPLICATE_9_GRAM("fraction", "characters of words that are in duplicate 9-grams", Source.GOPHER),
    DUPLICATE_10_GRAM("fraction", "characters of words that are in duplicate 10-grams", Source.GOPHER);

    private static final Measure[] TOP_GRAMS = {TOP_2_GRAM, TOP_3_GRAM, TOP_4_GRAM};
    private static final Measure[] DUPLICATE_GRAMS = {
        DUPLICATE_5_GRAM, DUPLICATE_6_GRAM, DUPLICATE_7_GRAM, DUPLICATE_8_GRAM, DUPLICATE_9_GRAM, DUPLICATE_10_GRAM
    };

    private final String unit;
    private final String text;
    private final String source;

    Measure(String unit, String text, String source) {
        this.unit = unit;
        this.text = text;
        this.source = source;
    }

    /** Where the rules about a measure come from. */
    private static final class Source {
        static final String GOPHER = "Gopher, arXiv 2112.11446, appendix A1.1";
        static final String C4 = "C4, arXiv 1910.10683, section 2.2";
        static final String FINEWEB = "FineWeb, arXiv 2406.17557, section 3";
        static final String MEGATRON = "Megatron-LM, arXiv 1909.08053, section 4.1";
        static final String HOUSE = "own";
    }

    /** Name of the column, and of the measure in a rule. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it counts in; {@code fraction} lies in [0, 1]. */
    public String unit() {
        return unit;
    }

    /** What it is, in a few words. */
    public String text() {
        return text;
    }

    /** The paper whose rules use it. */
    public String source() {
        return source;
    }

    /** All columns, in their order. */
    public static List<String> columns() {
        return Arrays.stream(values()).map(Measure::column).toList();
    }

    static Optional<Measure> of(String column) {
        return Arrays.stream(values())
                .filter(measure -> measure.column().equals(column))
                .findFirst();
    }

    /** The measure whose name takes the fewest edits from {@code column}. */
    static Measure nearest(String column) {
        return Arrays.stream(values())
                .min(Comparator.comparingInt(measure -> EditDistance.between(column, measure.column())))
                .orElseThrow();
    }

    /** @param n 2, 3 or 4 */
    static Measure topGram(int n) {
        return TOP_GRAMS[n - 2];
    }

    /** @param n from 5 to 10 */
    static Measure duplicateGram(int n) {
        return DUPLICATE_GRAMS[n - 5];
    }
}
