package io.sparktron.prep.quality;

/** How lines begin and end. */
final class LineEnds {
    private static final String BULLETS = "\u2022\u2023\u2043\u25A0\u25A1\u25AA\u25AB\u25B6\u25CB\u25CF\u25E6\u2013-*";
    private static final String CLOSERS = "\"')]}\u00BB\u2019\u201D\u203A\u300D\u300F\u3011\u3009\u300B\uFF09";
    private static final String QUOTES = "\"'\u2019\u201D\u00BB";

    private LineEnds() {}

    /** Whether it is a bullet: a round, square or triangular one, a hyphen, an en dash or an asterisk. */
    static boolean isBullet(char c) {
        return BULLETS.indexOf(c) >= 0;
    }

    /** Whether it may stand between the mark that ends a sentence and the white space after it: a quotation mark or bracket that closes. */
    static boolean closes(int codePoint) {
        return CLOSERS.indexOf(codePoint) >= 0;
    }

    /** Whether {@code text} up to {@code to} ends with ... or the character of that look. */
    static boolean isEllipsis(String text, int from, int to) {
        return text.charAt(to - 1) == '\u2026' || (to - from >= 3 && text.startsWith("...", to - 3));
    }

    /** C4's terminal marks: . ! ? and quotation marks; not an ellipsis. */
    static boolean isTerminal(String text, int from, int to) {
        char last = text.charAt(to - 1);
        return (last == '.' || last == '!' || last == '?' || QUOTES.indexOf(last) >= 0) && !isEllipsis(text, from, to);
    }

    /** Marks that end sentences in any script, ellipses among them, also before quotation marks and brackets that close; and quotation marks alone. */
    static boolean isPunctuation(String text, int from, int to) {
        int end = to;
        while (end > from && closes(text.charAt(end - 1))) {
            end--;
        }
        return (end > from && endsSentence(text.charAt(end - 1))) || QUOTES.indexOf(text.charAt(to - 1)) >= 0;
    }

    private static boolean endsSentence(char c) {
        return switch (c) {
            case '.', '!', '?', '\u2026', '\u3002', '\uFF01', '\uFF0E', '\uFF1F', '\uFF61' -> true;
            case '\u037E', '\u0589', '\u061F', '\u06D4', '\u0964', '\u0965', '\u104B', '\u1362', '\u17D4' -> true;
            default -> false;
        };
    }
}
