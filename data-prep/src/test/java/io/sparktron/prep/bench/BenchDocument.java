package io.sparktron.prep.bench;

import io.sparktron.prep.planted.ExactJaccard;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document of the labelled corpus with what became of it. The corpus lies as {@code COLLECTION/LANGUAGE/...}.
 *
 * @param location its file
 * @param stage the stage that dropped it; null if it was kept
 * @param survivor id of the document that it was dropped for; null if there is none
 * @param found the language that was found; null if its text was never looked at
 * @param text its text after cleaning; null if it could not be read
 */
record BenchDocument(long id, String location, String stage, Long survivor, String found, String text) {
    private static final Pattern LABEL = Pattern.compile(".*/corpus[^/]*/([^/]+)/([a-z]{2})(?:_[A-Z]{2})?/(.*)");

    boolean isKept() {
        return stage == null;
    }

    /** Whether it was compared for near duplicates: nothing before that stage dropped it. */
    boolean wasCompared() {
        return isKept() || !(stage.equals("read") || stage.equals("filter") || stage.equals("exact-duplicate"));
    }

    /** Of its folder: two letters of ISO 639-1. */
    String language() {
        return label().group(2);
    }

    /** What it is a translation of: collection and file, without the language. */
    String work() {
        return label().group(1) + "/" + label().group(3);
    }

    long[] shingles(int n) {
        return ExactJaccard.hashes(text, n);
    }

    private Matcher label() {
        Matcher label = LABEL.matcher(location);
        if (!label.matches()) {
            throw new IllegalArgumentException(location + " is not in a corpus of COLLECTION/LANGUAGE/FILE");
        }
        return label;
    }
}
