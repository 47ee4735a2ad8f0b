package io.sparktron.prep.duplicates;

/**
 * Text as shingles see it. Letters and digits count, in lower case (by way of the upper case, so that both small sigmas are one). A combining mark
 * belongs to the letter before it, an ideograph is a word of its own (such text has no spaces), everything else separates.
 */
final class FoldedCharacters {
    static final byte SEPARATOR = 0;
    static final byte LETTER = 1;
    static final byte MARK = 2;
    static final byte IDEOGRAPH = 3;

    private static final byte[] KIND = new byte[Character.MAX_VALUE + 1];
    private static final char[] FOLDED = new char[Character.MAX_VALUE + 1];

    static {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            KIND[c] = kindOf(c);
            FOLDED[c] = (char) folded(c); // no case leaves the basic plane; tested
        }
    }

    private FoldedCharacters() {}

    static byte kind(int codePoint) {
        return codePoint <= Character.MAX_VALUE ? KIND[codePoint] : kindOf(codePoint);
    }

    static int fold(int codePoint) {
        return codePoint <= Character.MAX_VALUE ? FOLDED[codePoint] : folded(codePoint);
    }

    static int folded(int codePoint) {
        return Character.toLowerCase(Character.toUpperCase(codePoint));
    }

    private static byte kindOf(int codePoint) {
        if (Character.isIdeographic(codePoint)) {
            return IDEOGRAPH;
        }
        if (Character.isLetterOrDigit(codePoint)) {
            return LETTER;
        }
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> MARK;
            default -> SEPARATOR;
        };
    }
}
