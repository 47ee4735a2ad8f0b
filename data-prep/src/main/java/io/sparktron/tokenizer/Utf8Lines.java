package io.sparktron.tokenizer;

import io.sparktron.tokens.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The lines of a text file of a vocabulary: UTF-8, ended by LF or CR LF, a byte order mark passed over. */
final class Utf8Lines {
    private Utf8Lines() {}

    /**
     * The text without a byte order mark.
     *
     * @param file its name, for messages
     * @throws InvalidInputException if it is not UTF-8
     */
    static String text(byte[] content, String file) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException broken) {
            throw new InvalidInputException(file + " is not UTF-8; legal: a vocabulary's text, in UTF-8", broken);
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /**
     * The lines of the text.
     *
     * @param file its name, for messages
     * @throws InvalidInputException if it is not UTF-8
     */
    static List<String> of(byte[] content, String file) {
        List<String> lines = new ArrayList<>(List.of(text(content, file).split("\r?\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1); // after the last line's end
        }
        return lines;
    }
}
