package io.sparktron.prep.planted;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;

/** For each published rule of quality a document that breaks it by far. All of them pass the default rule, of length. */
public final class PlantedRules {
    private static final List<String> SHORT_WORDS = List.of(
            "a", "I", "of", "to", "be", "it", "we", "he", "or", "no", "so", "up", "at", "in", "on", "us", "by", "as");
    private static final Set<String> STOP_WORDS = Set.of("the", "be", "to", "of", "and", "that", "have", "with");
    private static final int LONG_ENOUGH = 320;

    /** Text of each document, by the rule that it breaks, as a configuration has it. */
    private final Map<String, String> texts = new LinkedHashMap<>();

    private final Passages passages;

    private PlantedRules(Passages passages) {
        this.passages = passages;
        quality();
        lines();
        repetition();
    }

    static void plant(PlantedCorpus corpus, Passages passages) throws IOException {
        int number = 0;
        for (Map.Entry<String, String> text : new PlantedRules(passages).texts.entrySet()) {
            String rule = text.getKey();
            String location = "rules/" + (++number) + "-" + rule.split(" ")[0] + ".txt";
            corpus.file(text.getValue(), Planted.kept(location, "breaks " + rule));
            corpus.breaks(rule, location);
        }
        corpus.breaks("words <= 100000", PlantedDamage.GIANT_LINE_FILE);
        corpus.breaks("tokens >= 128", PlantedDamage.SHORT);
    }

    private void quality() {
        Random random = new Random(3);
        texts.put(
                "words >= 50",
                String.join(
                        " ", Collections.nCopies(8, passages.words(40).stream().reduce("", String::concat))));
        StringJoiner shorts = new StringJoiner(" ");
        for (int i = 0; i < LONG_ENOUGH; i++) {
            shorts.add(SHORT_WORDS.get(random.nextInt(SHORT_WORDS.size())));
        }
        texts.put("mean_word_length >= 3", shorts.toString());
        texts.put("mean_word_length <= 10", every(3, "", ""));
        texts.put("symbol_words <= 0.1", every(5, " ", " #topic "));
        texts.put("alpha_words >= 0.8", every(2, " ", " 1815 "));
        List<String> words = new ArrayList<>(passages.words(2 * LONG_ENOUGH));
        words.removeIf(STOP_WORDS::contains);
        texts.put("stop_words >= 2", Passages.text(words));
        StringJoiner numbers = new StringJoiner("\n");
        for (int i = 0; i < LONG_ENOUGH; i++) {
            numbers.add(Integer.toString(100_000 + random.nextInt(900_000)));
        }
        texts.put("language_score >= 0.65", numbers.toString());
        texts.put("sentences >= 5", String.join(" ", passages.words(LONG_ENOUGH)) + ".");
        texts.put("lorem_ipsum <= 0", passages.text(LONG_ENOUGH) + "\nLorem ipsum dolor sit amet.");
        texts.put("curly_braces <= 0", passages.text(LONG_ENOUGH) + "\nfunction run() { return 1; }");
    }

    private void lines() {
        texts.put("bullet_lines <= 0.9", lines(10, "- ", "."));
        texts.put("ellipsis_lines <= 0.3", lines(12, "", "..."));
        texts.put("line_end_punctuation >= 0.12", lines(12, "", ""));
        texts.put("short_lines <= 0.67", lines(4, "", "."));
        texts.put("newline_words <= 0.3", lines(2, "", "."));
        texts.put("duplicate_lines <= 0.3", repeated(20, "\n", passages.text(8), lines(12, "", ".")));
        texts.put("duplicate_paragraphs <= 0.3", repeated(12, "\n\n", passages.text(12), lines(12, "", ".")));
        texts.put("duplicate_line_characters <= 0.2", repeated(4, "\n", passages.text(60), lines(12, "", ".")));
        texts.put(
                "duplicate_paragraph_characters <= 0.2",
                repeated(2, "\n\n", passages.text(60) + passages.text(60), passages.text(200)));
        texts.put("duplicate_line_characters <= 0.01", repeated(2, "\n", passages.text(12), lines(12, "", ".")));
    }

    /** A phrase of n words, again and again between words that do not come again. */
    private void repetition() {
        double[] top = {0.2, 0.18, 0.16};
        double[] duplicate = {0.15, 0.14, 0.13, 0.12, 0.11, 0.1};
        for (int n = 2; n <= 10; n++) {
            List<String> phrase = passages.words(n);
            List<String> words = new ArrayList<>();
            while (words.size() < LONG_ENOUGH) {
                words.addAll(phrase);
                words.addAll(passages.words(n));
            }
            String rule =
                    n <= 4 ? "top_" + n + "_gram <= " + top[n - 2] : "duplicate_" + n + "_gram <= " + duplicate[n - 5];
            texts.put(rule, Passages.text(words));
        }
    }

    /** A passage with one thing between words, and another after every n-th. */
    private String every(int n, String between, String after) {
        StringBuilder text = new StringBuilder();
        List<String> words = passages.words(LONG_ENOUGH);
        for (int i = 0; i < words.size(); i++) {
            boolean last = i % n == n - 1;
            text.append(words.get(i)).append(last ? after.isEmpty() ? " " : after : between);
        }
        return text.toString();
    }

    /** A passage in lines of so many words. */
    private String lines(int words, String before, String after) {
        StringJoiner lines = new StringJoiner("\n");
        for (int line = 0; line < LONG_ENOUGH / words; line++) {
            lines.add(before + String.join(" ", passages.words(words)) + after);
        }
        return lines.toString();
    }

    private static String repeated(int times, String separator, String piece, String rest) {
        return String.join(separator, Collections.nCopies(times, piece.strip())) + separator + rest;
    }
}
