package io.sparktron.prep.bench;

/**
 * The same text in other words: each copy of a corpus changes vowels and consonants of every word in its own way, so that no copy is a duplicate of
 * another while lengths, repetitions and duplicates inside a copy stay.
 */
final class OtherWords {
    private static final String VOWELS = "aeiou";
    private static final String CONSONANTS = "bdfgklmnprst";
    private static final int COPIES = VOWELS.length() * CONSONANTS.length();

    private OtherWords() {}

    /** @param copy 0 (unchanged) to 59 */
    static String of(String text, int copy) {
        if (copy < 0 || copy >= COPIES) {
            throw new IllegalArgumentException("copy " + copy + "; legal: 0 to " + (COPIES - 1));
        }
        char[] letters = text.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            letters[i] = turned(turned(letters[i], VOWELS, copy), CONSONANTS, copy / VOWELS.length());
        }
        return new String(letters);
    }

    private static char turned(char letter, String circle, int steps) {
        int place = circle.indexOf(Character.toLowerCase(letter));
        if (place < 0 || letter > 'z') {
            return letter;
        }
        char other = circle.charAt((place + steps) % circle.length());
        return Character.isUpperCase(letter) ? Character.toUpperCase(other) : other;
    }
}
