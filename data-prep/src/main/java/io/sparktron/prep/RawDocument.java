package io.sparktron.prep;

/**
 * A document as it was found.
 *
 * @param location file and place in it, for people
 * @param text its text; null if there is a problem
 * @param problem why it cannot be read; null if there is none
 */
record RawDocument(String location, String text, DropReason problem) {
    static RawDocument of(String location, String text) {
        return TextNormalization.isWellFormed(text)
                ? new RawDocument(location, text, null)
                : dropped(location, DropReason.UNDECODABLE);
    }

    static RawDocument dropped(String location, DropReason problem) {
        return new RawDocument(location, null, problem);
    }
}
