package io.sparktron.prep.quality;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * How often n-grams of 1 to 3 letters occur in a language: its profile in com.optimaize.languagedetector, which was counted in its Wikipedia. Letters are folded as
 * {@link LetterFold} says, so n-grams that differ by case only are one.
 *
 * @param shares by n-gram ({@link #with}), in relation to all letters of the text that was counted
 */
record LanguageProfile(Map<Long, Double> shares) {
    /** Of the letters of an n-gram, the last one and the last two. */
    static final long LAST = 0xFFFF;

    static final long LAST_TWO = 0xFFFF_FFFFL;

    /** Some profiles end here, others go ten times as deep; with the rest cut off none has the advantage of knowing more. */
    private static final double RAREST = 1e-4;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The n-gram of one more letter. */
    static long with(long gram, char letter) {
        return gram << Character.SIZE | letter;
    }

    /** @param code of ISO 639-1 */
    static LanguageProfile read(String code) {
        String name = "/languages/" + code;
        try (InputStream stream = LanguageProfile.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the class path lacks " + name + " of language-detector");
            }
            JsonNode profile = MAPPER.readTree(stream);
            Map<Long, Double> shares = new HashMap<>();
            double letters = profile.get("n_words").get(0).asDouble();
            profile.get("freq").properties().forEach(entry -> {
                double share = entry.getValue().asDouble() / letters;
                if (share >= RAREST) {
                    add(entry.getKey(), share, shares);
                }
            });
            return new LanguageProfile(shares);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(String spelled, double share, Map<Long, Double> shares) {
        long gram = 0;
        boolean letters = false;
        for (int i = 0; i < spelled.length(); i++) {
            char letter = LetterFold.of(spelled.charAt(i));
            if (letter == LetterFold.SPACE && spelled.charAt(i) != ' ') {
                return; // punctuation
            }
            letters |= letter != LetterFold.SPACE;
            gram = with(gram, letter);
        }
        if (letters) {
            shares.merge(gram, share, Double::sum);
        }
    }
}
