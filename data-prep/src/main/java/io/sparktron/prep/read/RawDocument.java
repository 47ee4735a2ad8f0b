package io.sparktron.prep.read;

import io.sparktron.prep.clean.TextNormalization;

/**
 * A document as it was found.
 *
 * @param location file and place in it, for people
 * @param text its text; null if there is a problem
 * @param problem why it cannot be read; null if there is none
 */
public record RawDocument(String location, String text, DropReason problem) {
    public static RawDocument of(String location, String text) {
        return TextNormalization.isWellFormed(text)
                ? new RawDocument(location, text, null)
                : dropped(location, DropReason.UNDECODABLE);
    }

    public static RawDocument dropped(String location, DropReason problem) {
        return new RawDocument(location, null, problem);
    }
}
