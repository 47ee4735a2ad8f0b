package io.sparktron.prep.planted;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A page of our own sentences in each of some languages, of more than 128 GPT-2 tokens. */
public final class PlantedLanguages {
    /** ISO 639-1. */
    public static final List<String> LANGUAGES =
            List.of("en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "ru", "el", "zh", "ja");

    private PlantedLanguages() {}

    public static String location(String language) {
        return "languages/" + language + ".txt";
    }

    static void plant(PlantedCorpus corpus) throws IOException {
        for (String language : LANGUAGES) {
            corpus.file(
                    read(language),
                    language.equals("en")
                            ? Planted.kept(location(language), "English")
                            : Planted.dropped(location(language), "in " + language, "filter", "language in [en]"));
        }
    }

    private static byte[] read(String language) throws IOException {
        try (InputStream in = PlantedLanguages.class.getResourceAsStream(language + ".txt")) {
            return in.readAllBytes();
        }
    }
}
