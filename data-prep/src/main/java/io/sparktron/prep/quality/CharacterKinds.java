package io.sparktron.prep.quality;

/**
 * What a code point is to the measures: one byte for each code point of the basic plane, because {@link Character#getType(int)} for every character would
 * cost more than all that is done with the answer.
 */
final class CharacterKinds {
    /** Letters and the marks that belong to them. */
    static final byte LETTER = 0;
    /** Numbers of every script, fractions and Roman numerals included. */
    static final byte NUMBER = 1;
    /** Letters that are words of their own: Han, Hiragana, Katakana. */
    static final byte IDEOGRAPH = 2;
    /** White space, with no-break spaces. */
    static final byte SPACE = 3;
    /** All else: punctuation, symbols, emoji, halves of surrogate pairs. */
    static final byte OTHER = 4;

    static final int KINDS = 5;

    private static final char PROLONGED_SOUND_MARK = '\u30FC'; // of Katakana, though Unicode calls its script common
    private static final byte[] PLANE = plane();

    private CharacterKinds() {}

    static byte of(char c) {
        return PLANE[c];
    }

    static byte of(int codePoint) {
        return codePoint < PLANE.length ? PLANE[codePoint] : classify(codePoint);
    }

    static boolean isSpace(char c) {
        return PLANE[c] == SPACE;
    }

    private static byte[] plane() {
        byte[] kinds = new byte[1 << 16];
        for (int c = 0; c < kinds.length; c++) {
            kinds[c] = classify(c);
        }
        return kinds;
    }

    private static byte classify(int codePoint) {
        if (Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint)) {
            return SPACE;
        }
        return switch (Character.getType(codePoint)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> LETTER;
            default -> Character.isLetter(codePoint) ? letter(codePoint) : OTHER;
        };
    }

    private static byte letter(int codePoint) {
        return switch (Character.UnicodeScript.of(codePoint)) {
            case HAN, HIRAGANA, KATAKANA -> IDEOGRAPH;
            default -> codePoint == PROLONGED_SOUND_MARK ? IDEOGRAPH : LETTER;
        };
    }
}
