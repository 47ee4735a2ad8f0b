package io.sparktron.prep.planted;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Documents that quote the evaluation text. A hit is 13 words in a row, whatever their case and punctuation. */
public final class PlantedQuotes {
    private static final String STAGE = "contamination";

    private PlantedQuotes() {}

    static void plant(PlantedCorpus corpus, Passages passages) throws IOException {
        List<String> evaluation = passages.words(300);
        Files.writeString(corpus.evaluation(), Passages.text(evaluation));
        quote(
                corpus,
                passages,
                evaluation.subList(40, 53),
                Planted.dropped("quotes/13.txt", "quotes 13 words", STAGE, STAGE));
        quote(
                corpus,
                passages,
                evaluation.subList(80, 180),
                Planted.dropped("quotes/100.txt", "quotes 100 words", STAGE, STAGE));
        quote(corpus, passages, evaluation.subList(200, 212), Planted.kept("quotes/12.txt", "quotes 12 words"));
        List<String> shouted = evaluation.subList(220, 240).stream()
                .map(word -> "“" + word.toUpperCase(Locale.ROOT) + ",”")
                .toList();
        quote(
                corpus,
                passages,
                shouted,
                Planted.dropped("quotes/shouted.txt", "quotes in other case and punctuation", STAGE, STAGE));
    }

    private static void quote(PlantedCorpus corpus, Passages passages, List<String> quoted, Planted document)
            throws IOException {
        List<String> words = new ArrayList<>(passages.words(150));
        words.addAll(quoted);
        words.addAll(passages.words(150));
        corpus.file(Passages.text(words), document);
    }
}
