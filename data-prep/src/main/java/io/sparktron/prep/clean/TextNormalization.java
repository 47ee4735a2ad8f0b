package io.sparktron.prep.clean;

import java.text.Normalizer;

/**
 * One spelling for what a reader sees as one text. In this order:
 *
 * <ol>
 *   <li>every line end of the Unicode Standard (section 5.8: CR LF, CR, LF, VT, FF, NEL U+0085, LS U+2028, PS U+2029) becomes LF;
 *   <li>the other control characters (U+0000 ... U+001F and U+007F ... U+009F, but not TAB) are removed;
 *   <li>the text is brought to Unicode normalisation form C;
 *   <li>white space ({@link Character#isWhitespace(int)}) at both ends, and byte order marks U+FEFF at the start, are removed.
 * </ol>
 *
 * Nothing else changes: no compatibility forms, no case, no inner white space. Normalising twice changes nothing more.
 */
public final class TextNormalization {
    /** The first combining mark; text below it is in form C already. */
    private static final char FIRST_COMBINING = '\u0300';

    private TextNormalization() {}

    public static String normalize(String text) {
        String plain = withPlainControls(text);
        return withoutEnds(isBelow(plain, FIRST_COMBINING) ? plain : Normalizer.normalize(plain, Normalizer.Form.NFC));
    }

    /** Step 4. */
    private static String withoutEnds(String text) {
        int start = 0;
        while (start < text.length()
                && (text.charAt(start) == '\uFEFF' || Character.isWhitespace(text.charAt(start)))) {
            start++;
        }
        return text.substring(start).stripTrailing();
    }

    /** Whether every surrogate has its other half, so that the text has a UTF-8 form. */
    public static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static boolean isBelow(String text, char limit) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= limit) {
                return false;
            }
        }
        return true;
    }

    /** Steps 1 and 2; the same object if there is nothing to do. */
    private static String withPlainControls(String text) {
        int first = 0;
        while (first < text.length() && !changes(text.charAt(first))) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length()).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!changes(c)) {
                plain.append(c);
            } else if (isLineEnd(c)) {
                plain.append('\n');
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
            }
        }
        return plain.toString();
    }

    private static boolean changes(char c) {
        if (c == '\n' || c == '\t') {
            return false;
        }
        return c < ' ' || (c >= '\u007F' && c <= '\u009F') || isLineEnd(c);
    }

    private static boolean isLineEnd(char c) {
        return (c >= '\n' && c <= '\r') || c == '\u0085' || c == '\u2028' || c == '\u2029';
    }
}
