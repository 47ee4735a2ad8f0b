package io.sparktron.tokenizer;

import java.util.Map;

/** A reversible map between text and token ids {@code 0 ... vocabulary - 1}. Safe for use by many threads. */
public interface Tokenizer {
    /** What manifests and checkpoints call it, such as {@code gpt2}. */
    String name();

    /** Number of ids, special ones included. */
    int vocabulary();

    /** The id that closes every document. */
    int endOfText();

    /** Ids of {@code text}; text that spells a special token is encoded as ordinary characters. */
    int[] encode(String text);

    /** How many ids {@link #encode} gives. */
    default int count(String text) {
        return encode(text).length;
    }

    /** The text of {@code ids}; bytes that are not UTF-8 (a character cut by the limit of a sample) become U+FFFD. */
    String decode(int[] ids);

    /** Content of the files that describe it and lie beside whatever holds its ids, by their names; none for one that its name alone describes. */
    default Map<String, byte[]> files() {
        return Map.of();
    }
}
