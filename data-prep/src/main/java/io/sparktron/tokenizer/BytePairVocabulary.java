package io.sparktron.tokenizer;

import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The tokens of a byte-level byte-pair encoding: every byte, what each merge makes of two tokens, and end-of-text. Immutable.
 */
public final class BytePairVocabulary implements Serializable {
    /** What end-of-text spells. */
    public static final String END_OF_TEXT = "<|endoftext|>";

    /** Number of ids of one that merges nothing: the bytes and end-of-text. */
    public static final int SMALLEST = 257;

    private static final long serialVersionUID = 1L;

    private final byte[][] tokens;
    private final int[] merges;
    private final int endOfText;

    /**
     * @param tokens bytes of each id; not copied
     * @param merges by rank: left id, right id, the id of both together; not copied
     * @param endOfText its id
     */
    BytePairVocabulary(byte[][] tokens, int[] merges, int endOfText) {
        this.tokens = tokens;
        this.merges = merges;
        this.endOfText = endOfText;
    }

    /**
     * Reads the files that {@link #files} writes, or GPT-2's own.
     *
     * @param folder of {@code vocab.json} and {@code merges.txt}
     * @throws InvalidInputException if one is missing or damaged, they do not fit each other, or are of another kind of tokenizer
     */
    public static BytePairVocabulary read(Path folder, Configuration configuration) throws IOException {
        return BytePairFiles.read(
                content(folder, BytePairFiles.VOCABULARY, configuration),
                content(folder, BytePairFiles.MERGES, configuration),
                folder.toString());
    }

    /**
     * What tells the vocabulary of a folder from others, as its dataset's manifest would ({@link Manifest.Vocabulary#digest}).
     *
     * @throws InvalidInputException if a file is missing
     */
    public static String digest(Path folder, Configuration configuration) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (String name : BytePairFiles.NEEDED) {
            digests.put(name, Sha256.hex(Sha256.of(content(folder, name, configuration))));
        }
        return Manifest.Vocabulary.digest(digests);
    }

    private static byte[] content(Path folder, String name, Configuration configuration) throws IOException {
        try {
            return Storage.read(new Path(folder, name), configuration);
        } catch (FileNotFoundException missing) {
            throw new InvalidInputException(
                    new Path(folder, name) + " is missing; legal: " + BytePairFiles.VOCABULARY + " and "
                            + BytePairFiles.MERGES + " of a byte-level encoding",
                    missing);
        }
    }

    /** {@code vocab.json}, {@code merges.txt} and {@code tokenizer.json}, as Hugging Face's libraries load them; equal vocabularies give equal bytes. */
    public Map<String, byte[]> files() {
        return BytePairFiles.write(this);
    }

    /** Number of ids. */
    public int size() {
        return tokens.length;
    }

    /** Number of merges. */
    public int merges() {
        return merges.length / 3;
    }

    public int endOfText() {
        return endOfText;
    }

    /** The bytes of a token; not to be changed. */
    byte[] token(int id) {
        return tokens[id];
    }

    int left(int rank) {
        return merges[3 * rank];
    }

    int right(int rank) {
        return merges[3 * rank + 1];
    }

    int merged(int rank) {
        return merges[3 * rank + 2];
    }
}
