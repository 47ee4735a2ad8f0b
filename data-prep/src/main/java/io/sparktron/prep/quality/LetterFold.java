package io.sparktron.prep.quality;

/** The letters as the profiles of languages know them: in lower case, a few spellings of one letter as one, and all that is no letter a space. */
final class LetterFold {
    static final char SPACE = ' ';

    private static final char[] PLANE = plane();

    private LetterFold() {}

    static char of(char c) {
        return PLANE[c];
    }

    private static char[] plane() {
        char[] folded = new char[1 << 16];
        for (int c = 0; c < folded.length; c++) {
            folded[c] = fold((char) c);
        }
        return folded;
    }

    private static char fold(char c) {
        if (CharacterKinds.of(c) != CharacterKinds.LETTER) {
            return SPACE;
        }
        char lower = Character.toLowerCase(c);
        return switch (lower) {
            case '\u0219' -> '\u015F'; // Romanian s and t with comma, as the ones with cedilla
            case '\u021B' -> '\u0163';
            case '\u06CC' -> '\u064A'; // Persian yeh, as the Arabic one
            default -> lower >= '\u1EA0' && lower <= '\u1EF9' ? '\u1EC3' : lower; // Vietnamese, all as one
        };
    }
}
