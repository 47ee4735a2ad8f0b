package io.sparktron.prep.planted;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.prep.read.SampleCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts the sample corpus into passages that do not overlap, so that nothing is a duplicate that is not planted. Words are
 * plain letters, so that every reasonable way to split a text into words finds the same ones.
 */
final class Passages {
    private static final int SENTENCE = 16;
    private static final int PARAGRAPH = 4 * SENTENCE;

    private final List<String> words = new ArrayList<>();
    private int used;

    /** @param folder where the sample corpus may be copied to */
    Passages(Path folder) throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(SampleCorpus.copyTo(folder))) {
            for (String word : json.readTree(line).get("text").asText().split("\\s+")) {
                String plain = word.replaceFirst("[.,;:!?]$", "").toLowerCase(Locale.ROOT);
                if (plain.matches("[a-z]+")) {
                    words.add(plain);
                }
            }
        }
    }

    /** The next words. */
    List<String> words(int count) {
        if (used + count > words.size()) {
            throw new IllegalStateException("the sample corpus has only " + words.size() + " words");
        }
        used += count;
        return new ArrayList<>(words.subList(used - count, used));
    }

    /** A text of the next words. */
    String text(int count) {
        return text(words(count));
    }

    /** Sentences of 16 words, paragraphs of 4 sentences, each of one line. */
    static String text(List<String> words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean begins = i % SENTENCE == 0;
            boolean ends = i % SENTENCE == SENTENCE - 1 || i == words.size() - 1;
            text.append(begins ? word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1) : word);
            text.append(ends ? "." : "");
            text.append(i == words.size() - 1 ? "" : i % PARAGRAPH == PARAGRAPH - 1 ? "\n\n" : " ");
        }
        return text.append('\n').toString();
    }
}
