package io.sparktron.prep.read;

import io.sparktron.prep.clean.TextNormalization;

/**
 * A document as it was found.
 *
 * @param id unique in the corpus; see {@link InputFile#id}
 * @param source index of its source in the settings
 * @param location file and place in it, for people
 * @param text its text; null if there is a problem
 * @param problem why it cannot be read; null if there is none
 */
public record RawDocument(long id, int source, String location, String text, DropReason problem) {
    public static RawDocument of(InputFile file, long place, String text) {
        return TextNormalization.isWellFormed(text)
                ? new RawDocument(file.id(place), file.source(), file.location(place), text, null)
                : dropped(file, place, DropReason.UNDECODABLE);
    }

    public static RawDocument dropped(InputFile file, long place, DropReason problem) {
        return new RawDocument(file.id(place), file.source(), file.location(place), null, problem);
    }
}
