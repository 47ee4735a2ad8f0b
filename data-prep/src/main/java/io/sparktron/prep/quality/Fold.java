package io.sparktron.prep.quality;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The fold of a text: the first 16 bytes of SHA-256 over the folded text in UTF-8. Folded means: every code point in lower case (Unicode's simple mapping, the same in every
 * place and locale), every run of white space one space, none at the ends. Texts with equal folds are exact duplicates. A half of a surrogate pair without the other counts as
 * U+FFFD.
 */
final class Fold {
    static final int BYTES = 16;

    private final MessageDigest digest;
    private final byte[] buffer = new byte[1 << 13];
    private int filled;

    Fold() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    byte[] of(String text) {
        boolean begun = false;
        boolean space = false;
        for (int i = 0, width; i < text.length(); i += width) {
            int codePoint = text.codePointAt(i);
            width = Character.charCount(codePoint);
            if (CharacterKinds.of(codePoint) == CharacterKinds.SPACE) {
                space = begun;
                continue;
            }
            if (space) {
                put(' ');
                space = false;
            }
            begun = true;
            put(codePoint < 0x80 ? lower(codePoint) : Character.toLowerCase(codePoint));
        }
        digest.update(buffer, 0, filled);
        filled = 0;
        return Arrays.copyOf(digest.digest(), BYTES);
    }

    private static int lower(int ascii) {
        return ascii >= 'A' && ascii <= 'Z' ? ascii + ('a' - 'A') : ascii;
    }

    private void put(int codePoint) {
        if (filled > buffer.length - 4) {
            digest.update(buffer, 0, filled);
            filled = 0;
        }
        if (codePoint < 0x80) {
            buffer[filled++] = (byte) codePoint;
        } else {
            putMultiple(
                    codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE ? 0xFFFD : codePoint);
        }
    }

    /** UTF-8 of more than one byte. */
    private void putMultiple(int codePoint) {
        if (codePoint < 0x800) {
            buffer[filled++] = (byte) (0xC0 | codePoint >> 6);
        } else {
            if (codePoint < 0x10000) {
                buffer[filled++] = (byte) (0xE0 | codePoint >> 12);
            } else {
                buffer[filled++] = (byte) (0xF0 | codePoint >> 18);
                buffer[filled++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
            }
            buffer[filled++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        }
        buffer[filled++] = (byte) (0x80 | codePoint & 0x3F);
    }
}
