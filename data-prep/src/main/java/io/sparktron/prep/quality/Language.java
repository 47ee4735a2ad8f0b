package io.sparktron.prep.quality;

import java.util.List;
import java.util.stream.Stream;

/**
 * The language of a text.
 *
 * @param code of ISO 639-1, or {@code unknown}
 * @param score certainty, from 0 to 1
 */
record Language(String code, double score) {
    static final Language UNKNOWN = new Language("unknown", 0);

    /** All codes that a text may get, in alphabetical order, {@code unknown} last. */
    static List<String> codes() {
        return Stream.concat(LanguageIdentifier.codes().sorted(), Stream.of(UNKNOWN.code()))
                .toList();
    }
}
