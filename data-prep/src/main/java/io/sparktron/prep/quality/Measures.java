package io.sparktron.prep.quality;

import io.sparktron.tokenizer.Tokenizer;

/**
 * Measures texts, one after the other: memory that one text needed serves the next, and beyond some megabytes goes back. Time grows linearly with the text, and so does memory: 50 bytes a
 * word, up to {@value Words#MOST} words, and 30 bytes a line. Not for use by several threads at once.
 */
final class Measures {
    private final Tokenizer tokenizer;
    private final Words words = new Words();
    private final Lines lines = new Lines();
    private final Phrases phrases = new Phrases();
    private final Grams grams = new Grams();

    /** @param tokenizer what {@link Measure#TOKENS} counts */
    Measures(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** All measures but the language's, by {@link Measure#ordinal}. */
    double[] of(String text) {
        double[] values = new double[Measure.values().length];
        set(values, Measure.TOKENS, tokenizer.encode(text).length);
        words(text, values);
        lines(text, values);
        grams.measure(words, values);
        return values;
    }

    private void words(String text, double[] values) {
        words.read(text);
        double count = words.count();
        double characters = words.allCharacters();
        Marks marks = words.marks();
        set(values, Measure.WORDS, count);
        set(values, Measure.MEAN_WORD_LENGTH, words.characters() / count);
        set(values, Measure.LONGEST_WORD, words.longest());
        set(values, Measure.SYMBOL_WORDS, Math.max(marks.hashSigns(), marks.ellipses()) / count);
        set(values, Measure.ALPHA_WORDS, words.alphabetic() / count);
        set(values, Measure.STOP_WORDS, words.stopWords());
        set(values, Measure.SENTENCES, marks.sentences());
        set(values, Measure.NEWLINE_WORDS, marks.lineFeeds() / count);
        set(values, Measure.CURLY_BRACES, marks.braces());
        set(values, Measure.NON_ALPHANUMERIC, words.characters(CharacterKinds.OTHER) / characters);
        set(values, Measure.DIGITS, words.characters(CharacterKinds.NUMBER) / characters);
        set(values, Measure.WHITE_SPACE, words.characters(CharacterKinds.SPACE) / characters);
    }

    private void lines(String text, double[] values) {
        lines.read(text);
        phrases.read(text);
        double count = lines.lines().pieces();
        set(values, Measure.LINES, count);
        set(values, Measure.PARAGRAPHS, lines.paragraphs().pieces());
        set(values, Measure.BULLET_LINES, lines.bullets() / count);
        set(values, Measure.ELLIPSIS_LINES, lines.ellipses() / count);
        set(values, Measure.TERMINAL_LINES, lines.terminal() / count);
        set(values, Measure.LINE_END_PUNCTUATION, lines.punctuated() / count);
        set(values, Measure.SHORT_LINES, lines.shortLines() / count);
        set(values, Measure.JAVASCRIPT_LINES, phrases.javascriptLines() / count);
        set(values, Measure.POLICY_LINES, phrases.policyLines() / count);
        set(values, Measure.LOREM_IPSUM, phrases.loremIpsum());
        set(values, Measure.DUPLICATE_LINES, lines.lines().fraction());
        set(values, Measure.DUPLICATE_LINE_CHARACTERS, lines.lines().characterFraction());
        set(values, Measure.DUPLICATE_PARAGRAPHS, lines.paragraphs().fraction());
        set(values, Measure.DUPLICATE_PARAGRAPH_CHARACTERS, lines.paragraphs().characterFraction());
    }

    private static void set(double[] values, Measure measure, double value) {
        values[measure.ordinal()] = value;
    }
}
