package io.sparktron.prep.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.tokenizer.Tokenizers;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every measure on texts that are small enough to count by hand. */
class MeasuresTest {
    private final Measures measures = new Measures(Tokenizers.named("gpt2"));

    private double of(Measure measure, String text) {
        return measures.of(text)[measure.ordinal()];
    }

    private void assertMeasured(Measure measure, String text, double value) {
        assertThat(of(measure, text)).as(measure + " of " + text).isEqualTo(Double.valueOf(value));
    }

    @Test
    void tokensAreThoseOfGpt2() {
        assertMeasured(Measure.TOKENS, "Hello world", 2);
        assertMeasured(Measure.TOKENS, "", 0);
    }

    @Test
    void wordsAreRunsWithoutWhiteSpace() {
        assertMeasured(Measure.WORDS, "One two,\tthree\n\n  four\u00A0five\u3000six ", 6);
        assertMeasured(Measure.WORDS, "well-known e.g. 3.5", 3);
        assertMeasured(Measure.MEAN_WORD_LENGTH, "a bcd, e", 6.0 / 3);
        assertMeasured(Measure.LONGEST_WORD, "a bcd, ef", 4);
        assertMeasured(Measure.MEAN_WORD_LENGTH, "\uD83D\uDE00\uD83D\uDE00 ab", 4.0 / 2); // emoji: one character each
    }

    @Test
    void eachIdeographIsAWordWithThePunctuationAfterIt() {
        assertMeasured(Measure.WORDS, "\u6211\u7231\u4F60\u3002", 3);
        assertMeasured(Measure.LONGEST_WORD, "\u6211\u7231\u4F60\u3002", 2);
        assertMeasured(Measure.WORDS, "\u7528GPU\u8BAD\u7EC3", 4); // Han, GPU, Han, Han
        assertMeasured(Measure.WORDS, "\u30C7\u30FC\u30BF\u306E", 4); // Katakana with the mark of a long sound
        assertMeasured(Measure.WORDS, "\uD840\uDC00\uD840\uDC01", 2); // Han beyond the basic plane
        assertMeasured(Measure.ALPHA_WORDS, "\u6211\u7231 1", 2.0 / 3);
        assertMeasured(Measure.WORDS, "\uC548\uB155 \uC138\uACC4", 2); // Hangul has spaces
    }

    @Test
    void symbolsAreTheMoreFrequentOfHashSignsAndEllipses() {
        assertMeasured(Measure.SYMBOL_WORDS, "#a ##b c d", 3.0 / 4);
        assertMeasured(Measure.SYMBOL_WORDS, "a... b\u2026 c..... d.. e", 3.0 / 5);
        assertMeasured(Measure.SYMBOL_WORDS, "#a b... c... d", 2.0 / 4);
        assertMeasured(Measure.SYMBOL_WORDS, "a b", 0);
    }

    @Test
    void alphabeticWordsHaveALetter() {
        assertMeasured(Measure.ALPHA_WORDS, "a1 22 \u00E9 --- ,x,", 3.0 / 5);
    }

    @Test
    void stopWordsCountOnceEachWhateverTheirCaseAndPunctuation() {
        assertMeasured(Measure.STOP_WORDS, "The \"the\" THE, bee", 1);
        assertMeasured(Measure.STOP_WORDS, "the be to of and that have with", 8);
        assertMeasured(Measure.STOP_WORDS, "(To) be, or not: of...", 3);
        assertMeasured(Measure.STOP_WORDS, "t-he then o'f \u00FEe andy hat", 0);
        assertMeasured(Measure.STOP_WORDS, "\uD835\uDC1A\uD835\uDC1B \uD835\uDC1Athe", 0); // letters of mathematics
    }

    @Test
    void linesAndParagraphsAreSeparatedByLineFeedsAndBlankLines() {
        String text = "a\nb\n\n \t\nc\n";
        assertMeasured(Measure.LINES, text, 3);
        assertMeasured(Measure.PARAGRAPHS, text, 2);
        assertMeasured(Measure.NEWLINE_WORDS, text, 5.0 / 3);
    }

    @Test
    void sentencesEndWithAMarkBeforeWhiteSpace() {
        assertMeasured(Measure.SENTENCES, "One. Two! Three?! (Four.) \"Five.\" six", 5);
        assertMeasured(Measure.SENTENCES, "Version 3.5 of x.y\nand on", 0);
        assertMeasured(Measure.SENTENCES, "Wait... what\u2026 now", 0);
        assertMeasured(Measure.SENTENCES, "End.", 1);
        assertMeasured(Measure.SENTENCES, "\u6211\u3002\u4F60\uFF1F\uFF01\u4ED6\u3002\u300D", 3);
        assertMeasured(Measure.SENTENCES, "\u0905\u0964 \u0906\u0964", 2);
    }

    @Test
    void bulletsEllipsesAndPunctuationAtTheEndsOfLines() {
        String text = "- one.\n\u2022 two...\n* three\u2026\nfour \u2013 \"yes\"\n(five.)\n6.\n\u6211\u3002";
        assertMeasured(Measure.BULLET_LINES, text, 3.0 / 7);
        assertMeasured(Measure.ELLIPSIS_LINES, text, 2.0 / 7);
        assertMeasured(Measure.TERMINAL_LINES, text, 3.0 / 7); // one. "yes" 6.
        assertMeasured(Measure.LINE_END_PUNCTUATION, text, 7.0 / 7);
        assertMeasured(Measure.LINE_END_PUNCTUATION, "a)\nb,\nc:\nd", 0);
    }

    @Test
    void shortLinesHaveThirtyCharactersAtMost() {
        assertMeasured(Measure.SHORT_LINES, "x".repeat(30) + "\n  " + "x".repeat(31) + "\n", 1.0 / 2);
        assertMeasured(Measure.SHORT_LINES, "\uD83D\uDE00".repeat(30), 1);
    }

    @Test
    void phrasesOfWebPagesWhateverTheirCase() {
        String text = "Enable JavaScript javascript\nJava script\nOur Privacy Policy\nTerms of use; we use cookies\n"
                + "uses cookies\nuse of cookies\nCookie policy\ncookies\nuser cookies\n";
        assertMeasured(Measure.JAVASCRIPT_LINES, text, 1.0 / 9);
        assertMeasured(Measure.POLICY_LINES, text, 5.0 / 9);
        assertMeasured(Measure.LOREM_IPSUM, "Lorem ipsum dolor\nlorem  ipsum LOREM IPSUM", 2);
        assertMeasured(Measure.CURLY_BRACES, "{a} {", 3);
    }

    @Test
    void kindsOfCharacters() {
        String text = "ab 1\u0662\u00BD,.\u0301\uD83D\uDE00\n"; // 2 letters, 1 mark, 3 numbers, 3 others, 2 white space
        assertMeasured(Measure.NON_ALPHANUMERIC, text, 3.0 / 11);
        assertMeasured(Measure.DIGITS, text, 3.0 / 11);
        assertMeasured(Measure.WHITE_SPACE, text, 2.0 / 11);
    }

    @Test
    void duplicatesAreLinesAndParagraphsThatCameBefore() {
        String text = "abc\nde\n\nabc \nde\n\nabc\nx";
        assertMeasured(Measure.DUPLICATE_LINES, text, 3.0 / 6);
        assertMeasured(Measure.DUPLICATE_LINE_CHARACTERS, text, 8.0 / 14);
        assertMeasured(Measure.DUPLICATE_PARAGRAPHS, text, 1.0 / 3);
        assertMeasured(Measure.DUPLICATE_PARAGRAPH_CHARACTERS, text, 5.0 / 14);
        assertMeasured(Measure.DUPLICATE_LINES, "abc\nABC", 0);
        assertMeasured(Measure.DUPLICATE_PARAGRAPHS, "a\nb\n\nb\na", 0);
    }

    @Test
    void mostFrequentNGrams() {
        String text = "to be or not to be to be"; // "to be" three times, 12 of 17 characters
        assertMeasured(Measure.TOP_2_GRAM, text, 12.0 / 17);
        assertMeasured(Measure.TOP_3_GRAM, text, 0);
        assertMeasured(Measure.TOP_2_GRAM, "a b c d", 0); // none occurs twice
        assertMeasured(Measure.TOP_2_GRAM, "a b a b ccc d ccc d", 8.0 / 12); // of two the one with more characters
        assertMeasured(Measure.TOP_3_GRAM, "x a b c y a b c", 6.0 / 8);
        assertMeasured(Measure.TOP_4_GRAM, "x a b c d y a b c d", 8.0 / 10);
        assertMeasured(Measure.TOP_2_GRAM, "aa aa aa aa aa", 1); // overlapping ones count once
    }

    @Test
    void duplicateNGramsCountEachCharacterOnce() {
        String run = "a b c d e f g h i j";
        String text = run + " z " + run; // 21 characters; the second run of 10 is a duplicate
        for (int n = 5; n <= 10; n++) {
            assertMeasured(Measure.duplicateGram(n), text, 10.0 / 21);
        }
        assertMeasured(Measure.DUPLICATE_5_GRAM, "a b c d e x a b c d e", 5.0 / 11);
        assertMeasured(Measure.DUPLICATE_6_GRAM, "a b c d e x a b c d e", 0);
        assertMeasured(Measure.DUPLICATE_5_GRAM, "a a a a a a a", 6.0 / 7); // all but the first word
        assertMeasured(Measure.DUPLICATE_5_GRAM, "a b c d", 0);
    }

    /** Level n looks only at what level n - 1 left; the naive way is to compare all n-grams as texts. */
    @Test
    void nGramsAgreeWithTheNaiveCount() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            StringBuilder text = new StringBuilder();
            int alphabet = 1 + random.nextInt(5);
            for (int i = 0; i < 60; i++) {
                text.append("abcdefgh", 0, 1 + random.nextInt(alphabet)).append(' ');
            }
            String[] words = text.toString().trim().split(" ");
            double[] values = measures.of(text.toString());
            for (int n = 2; n <= 4; n++) {
                assertThat(values[Measure.topGram(n).ordinal()]).isEqualTo(NaiveGrams.top(words, n));
            }
            for (int n = 5; n <= 10; n++) {
                assertThat(values[Measure.duplicateGram(n).ordinal()]).isEqualTo(NaiveGrams.duplicate(words, n));
            }
        }
    }

    @Test
    void emptyTextsHaveCountsOfZeroAndNoRatios() {
        for (String text : new String[] {"", " \n\t\u00A0 \n"}) {
            assertMeasured(Measure.WORDS, text, 0);
            assertMeasured(Measure.LINES, text, 0);
            assertMeasured(Measure.SENTENCES, text, 0);
            assertMeasured(Measure.MEAN_WORD_LENGTH, text, Double.NaN);
            assertMeasured(Measure.SHORT_LINES, text, Double.NaN);
            assertMeasured(Measure.DUPLICATE_LINES, text, Double.NaN);
            assertMeasured(Measure.DUPLICATE_PARAGRAPH_CHARACTERS, text, Double.NaN);
            assertMeasured(Measure.TOP_2_GRAM, text, Double.NaN);
            assertMeasured(Measure.DUPLICATE_10_GRAM, text, Double.NaN);
        }
        assertMeasured(Measure.WHITE_SPACE, "", Double.NaN);
        assertMeasured(Measure.WHITE_SPACE, " \n", 1);
    }

    @Test
    void oneCharacter() {
        assertMeasured(Measure.WORDS, "x", 1);
        assertMeasured(Measure.TOP_2_GRAM, "x", 0);
        assertMeasured(Measure.WORDS, "\uD83D\uDE00", 1);
        assertMeasured(Measure.NON_ALPHANUMERIC, "\uD800", 1); // half a pair is a character of its own
    }

    @Test
    void aGiantLineIsMeasuredLikeAnyOther() {
        int words = 400_000;
        String line = "word ".repeat(words).trim(); // 2 MB
        assertMeasuredFast(line, Measure.WORDS, words);
        assertMeasuredFast(line, Measure.TOP_2_GRAM, 1);
        assertMeasuredFast(line, Measure.DUPLICATE_10_GRAM, (words - 1.0) / words);
        String one = "x".repeat(2_000_000);
        assertMeasuredFast(one, Measure.LONGEST_WORD, 2_000_000);
        assertMeasuredFast(one, Measure.WORDS, 1);
        // What a giant text left behind does not change the next.
        assertMeasured(Measure.TOP_2_GRAM, "a b c a b", 4.0 / 5);
    }

    @Test
    void nGramsAreThoseOfTheFirstWords() {
        String text = "a ".repeat(Words.MOST) + "b c d e f ".repeat(50); // 4 MB
        assertMeasuredFast(text, Measure.WORDS, Words.MOST + 250);
        assertMeasuredFast(text, Measure.TOP_4_GRAM, 1);
        assertMeasuredFast(text, Measure.DUPLICATE_10_GRAM, (Words.MOST - 1.0) / Words.MOST);
    }

    /** Without GPT-2's tokens, whose time is not ours. */
    private static void assertMeasuredFast(String text, Measure measure, double value) {
        Measures measures = new Measures(new NoTokenizer());
        assertThat(measures.of(text)[measure.ordinal()]).as(measure.column()).isEqualTo(Double.valueOf(value));
    }
}
