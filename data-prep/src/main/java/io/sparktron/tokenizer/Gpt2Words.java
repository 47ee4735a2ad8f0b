package io.sparktron.tokenizer;

/**
 * Cuts text into words as GPT-2 does before it merges bytes. The result is that of the published pattern
 *
 * <pre>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</pre>
 *
 * with Unicode's general categories L and N and its property White_Space, in the version that the Java runtime knows. Every character belongs to exactly one word.
 */
final class Gpt2Words {
    private static final byte OTHER = 0;
    private static final byte LETTER = 1;
    private static final byte NUMBER = 2;
    private static final byte SPACE = 3;
    /** Half of a character, or none: to be asked again with its other half. */
    private static final byte SURROGATE = 4;

    private static final int NUMBERS =
            1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER;
    private static final int SPACES =
            1 << Character.SPACE_SEPARATOR | 1 << Character.LINE_SEPARATOR | 1 << Character.PARAGRAPH_SEPARATOR;

    private static final byte[] CLASSES = new byte[Character.MAX_VALUE + 1];

    static {
        for (int c = 0; c < CLASSES.length; c++) {
            CLASSES[c] = Character.isSurrogate((char) c) ? SURROGATE : classOf(c);
        }
    }

    private Gpt2Words() {}

    /** Where the word that starts at {@code start} ends. @param start before the text's end, where the word before it ended */
    static int end(String text, int start) {
        char first = text.charAt(start);
        if (first == '\'') {
            int suffix = suffix(text, start + 1);
            if (suffix > 0) {
                return start + 1 + suffix;
            }
        }
        byte kind = classAt(text, start);
        if (kind == SPACE) {
            int next = start + 1;
            byte following = next < text.length() ? classAt(text, next) : SPACE;
            if (following == SPACE) {
                return spaces(text, start);
            }
            return first == ' ' ? run(text, next, following) : next;
        }
        return run(text, start, kind);
    }

    /** The length of s, t, m, d, re, ve or ll at a place, 0 if there is none of them. */
    private static int suffix(String text, int at) {
        if (at == text.length()) {
            return 0;
        }
        char second = at + 1 < text.length() ? text.charAt(at + 1) : 0;
        return switch (text.charAt(at)) {
            case 's', 't', 'm', 'd' -> 1;
            case 'r', 'v' -> second == 'e' ? 2 : 0;
            case 'l' -> second == 'l' ? 2 : 0;
            default -> 0;
        };
    }

    /** The end of a run of white space; its last one is left to what follows, if that leaves any. */
    private static int spaces(String text, int start) {
        int end = run(text, start, SPACE);
        return end == text.length() || end == start + 1 ? end : end - 1; // white space is never a pair of surrogates
    }

    private static int run(String text, int start, byte kind) {
        int length = text.length();
        int end = start;
        while (end < length) {
            byte found = CLASSES[text.charAt(end)];
            if (found == kind) {
                end++;
            } else if (found != SURROGATE || classAt(text, end) != kind) {
                break;
            } else {
                end += Character.charCount(text.codePointAt(end));
            }
        }
        return end;
    }

    private static byte classAt(String text, int at) {
        byte found = CLASSES[text.charAt(at)];
        return found == SURROGATE ? classOf(text.codePointAt(at)) : found;
    }

    private static byte classOf(int c) {
        if (Character.isLetter(c)) {
            return LETTER;
        }
        int category = 1 << Character.getType(c);
        if ((category & NUMBERS) != 0) {
            return NUMBER;
        }
        return (category & SPACES) != 0 || c >= '\t' && c <= '\r' || c == 0x85 ? SPACE : OTHER;
    }
}
