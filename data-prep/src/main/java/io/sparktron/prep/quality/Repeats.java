package io.sparktron.prep.quality;

/** Counts pieces of a text, and those among them that equal an earlier one. */
final class Repeats {
    private final Ids seen = new Ids();
    private int pieces;
    private long characters;
    private int duplicates;
    private long duplicateCharacters;

    /** @param expected pieces of the next text, about */
    void clear(int expected) {
        seen.clear(expected);
        pieces = duplicates = 0;
        characters = duplicateCharacters = 0;
    }

    /** @param key equal for equal pieces only */
    void add(long key, int length) {
        pieces++;
        characters += length;
        if (seen.count(seen.add(key)) > 1) {
            duplicates++;
            duplicateCharacters += length;
        }
    }

    int pieces() {
        return pieces;
    }

    /** Pieces that equal an earlier one, in relation to all; NaN if there are none. */
    double fraction() {
        return (double) duplicates / pieces;
    }

    /** Their characters in relation to those of all. */
    double characterFraction() {
        return (double) duplicateCharacters / characters;
    }
}
