package io.sparktron.tokenizer;

import java.io.Serializable;
import java.text.Normalizer;
import java.util.function.Consumer;

/**
 * Cuts text into words the way BERT does before its pieces are found (Google's {@code BasicTokenizer}, Devlin et al. 2019):
 *
 * <ol>
 *   <li>control, format, private and surrogate characters, U+0000 and U+FFFD are removed, white space separates words;
 *   <li>every character of the CJK ideographs (not Hangul, Hiragana or Katakana) is a word;
 *   <li>if asked for, letters become lower-case and lose their accents (form NFD without non-spacing marks); else the text is brought to form NFC;
 *   <li>every punctuation character is a word: of Unicode's categories P, and all of ASCII that is neither letter, digit nor white space.
 * </ol>
 *
 * Code points that the Unicode version of the Java runtime does not know are kept, where Hugging Face removes them: which they are differs from
 * runtime to runtime.
 *
 * @param lowerCase step 3
 */
record BasicTokenizer(boolean lowerCase) implements Serializable {
    static final char SIGMA = '\u03A3';
    static final char FINAL_SIGMA = '\u03C2';

    /** Blocks of ideographs: first and last code point, by turns. */
    private static final int[] IDEOGRAPHS = {
        0x3400, 0x4DBF, // extension A
        0x4E00, 0x9FFF, // unified
        0xF900, 0xFAFF, // compatibility
        0x20000, 0x2A6DF, // extension B
        0x2A700, 0x2B73F, // extension C
        0x2B740, 0x2B81F, // extension D
        0x2B820, 0x2CEAF, // extension E
        0x2F800, 0x2FA1F, // compatibility supplement
    };

    /** Passes on the words of a text in their order. */
    void split(String text, Consumer<String> words) {
        StringBuilder chunk = new StringBuilder();
        int c;
        for (int i = 0; i < text.length(); i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (isWhiteSpace(c)) {
                flush(chunk, words);
            } else if (isIdeograph(c)) {
                flush(chunk, words);
                flush(chunk.appendCodePoint(c), words);
            } else if (!isRemoved(c)) {
                chunk.appendCodePoint(c);
            }
        }
        flush(chunk, words);
    }

    private void flush(StringBuilder chunk, Consumer<String> words) {
        if (chunk.length() > 0) {
            splitAtPunctuation(normalized(chunk.toString()), words);
            chunk.setLength(0);
        }
    }

    private String normalized(String chunk) {
        if (!lowerCase) {
            return Normalizer.normalize(chunk, Normalizer.Form.NFC);
        }
        String lower = lowerCase(chunk);
        if (isAscii(lower)) {
            return lower;
        }
        StringBuilder stripped = new StringBuilder(lower.length());
        Normalizer.normalize(lower, Normalizer.Form.NFD)
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(stripped::appendCodePoint);
        return stripped.toString();
    }

    /** A sigma that ends a word has a small letter of its own: here, one after a letter or mark and before neither, a rule that {@code tokenizer.json} can state. */
    private static String lowerCase(String chunk) {
        StringBuilder lower = new StringBuilder(chunk.length());
        int c;
        for (int i = 0; i < chunk.length(); i += Character.charCount(c)) {
            c = chunk.codePointAt(i);
            boolean last = c == SIGMA
                    && i > 0
                    && isLetterOrMark(chunk.codePointBefore(i))
                    && (i + 1 == chunk.length() || !isLetterOrMark(chunk.codePointAt(i + 1)));
            lower.appendCodePoint(last ? FINAL_SIGMA : Character.toLowerCase(c));
        }
        return lower.toString();
    }

    private static boolean isLetterOrMark(int c) {
        int type = Character.getType(c);
        return Character.isLetter(c)
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static void splitAtPunctuation(String chunk, Consumer<String> words) {
        int start = 0;
        int c;
        for (int i = 0; i < chunk.length(); i += Character.charCount(c)) {
            c = chunk.codePointAt(i);
            if (isPunctuation(c)) {
                if (start < i) {
                    words.accept(chunk.substring(start, i));
                }
                start = i + Character.charCount(c);
                words.accept(chunk.substring(i, start));
            }
        }
        if (start < chunk.length()) {
            words.accept(chunk.substring(start));
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWhiteSpace(int c) {
        return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c);
    }

    private static boolean isRemoved(int c) {
        int type = Character.getType(c);
        return c == 0xFFFD
                || type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.PRIVATE_USE
                || type == Character.SURROGATE;
    }

    private static boolean isIdeograph(int c) {
        for (int i = 0; i < IDEOGRAPHS.length && c >= IDEOGRAPHS[i]; i += 2) {
            if (c <= IDEOGRAPHS[i + 1]) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPunctuation(int c) {
        if (c <= 0x7F) {
            return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }
}
