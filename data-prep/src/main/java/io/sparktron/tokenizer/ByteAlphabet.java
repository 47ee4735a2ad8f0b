package io.sparktron.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How files of byte-level tokenizers spell bytes as text: printable characters of Latin-1 stand for themselves, the other 68 byte values, in order, for the
 * characters from U+0100 on. So a blank is written Ġ and a line end Ċ.
 */
public final class ByteAlphabet {
    private static final char[] CHARACTERS = new char[256]; // by byte
    private static final int[] BYTES = new int[256 + 68]; // by character, -1 for none

    static {
        Arrays.fill(BYTES, -1);
        char next = 256;
        for (int value = 0; value < CHARACTERS.length; value++) {
            boolean printable = value >= '!' && value <= '~' || value >= '¡' && value <= 'ÿ' && value != '\u00ad';
            CHARACTERS[value] = printable ? (char) value : next++;
            BYTES[CHARACTERS[value]] = value;
        }
    }

    private ByteAlphabet() {}

    /** Every byte, in the order of the characters that stand for them. */
    static List<byte[]> inOrder() {
        return IntStream.range(0, BYTES.length)
                .filter(character -> BYTES[character] >= 0)
                .mapToObj(character -> new byte[] {(byte) BYTES[character]})
                .toList();
    }

    /** The text that stands for some bytes. */
    public static String spell(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte value : bytes) {
            text.append(CHARACTERS[value & 0xff]);
        }
        return text.toString();
    }

    /** The bytes that a text stands for; empty if a character of it stands for none. */
    public static Optional<byte[]> bytes(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char character = text.charAt(i);
            if (character >= BYTES.length || BYTES[character] < 0) {
                return Optional.empty();
            }
            bytes[i] = (byte) BYTES[character];
        }
        return Optional.of(bytes);
    }
}
