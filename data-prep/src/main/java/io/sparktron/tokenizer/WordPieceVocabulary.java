package io.sparktron.tokenizer;

import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The pieces of a WordPiece vocabulary, by id. As a file ({@code vocab.txt}): UTF-8, line n is the piece of id n. */
public final class WordPieceVocabulary implements Serializable {
    /** The name under which it lies beside a dataset. */
    public static final String FILE_NAME = "vocab.txt";

    public static final String PAD = "[PAD]";
    public static final String UNKNOWN = "[UNK]";
    public static final String CLS = "[CLS]";
    public static final String SEP = "[SEP]";
    public static final String MASK = "[MASK]";
    /** The special pieces, in the order in which a vocabulary that we train begins. */
    public static final List<String> SPECIAL = List.of(PAD, UNKNOWN, CLS, SEP, MASK);
    /** What a piece that continues a word begins with. */
    public static final String CONTINUATION = "##";

    private static final long serialVersionUID = 1L;

    private final String[] pieces;
    private final HashMap<String, Integer> ids = new HashMap<>();

    private WordPieceVocabulary(List<String> pieces, String place) {
        this.pieces = pieces.toArray(String[]::new);
        for (int id = 0; id < this.pieces.length; id++) {
            Integer earlier = ids.putIfAbsent(this.pieces[id], id);
            if (earlier != null) {
                throw new InvalidInputException(place + ", line " + (id + 1) + ", repeats \"" + this.pieces[id]
                        + "\" of line " + (earlier + 1) + "; legal: every piece once");
            }
        }
    }

    /** @throws InvalidInputException if a piece is there twice */
    public static WordPieceVocabulary of(List<String> pieces) {
        return new WordPieceVocabulary(pieces, "the vocabulary");
    }

    /**
     * Reads a vocabulary file.
     *
     * @throws InvalidInputException if it is missing, empty, not UTF-8, or has a piece twice
     */
    public static WordPieceVocabulary read(Path file, Configuration configuration) throws IOException {
        byte[] bytes;
        try {
            bytes = Storage.read(file, configuration);
        } catch (FileNotFoundException missing) {
            throw new InvalidInputException(
                    file + " is missing; legal: a WordPiece vocabulary, a piece a line", missing);
        }
        List<String> pieces = Utf8Lines.of(bytes, file.toString());
        if (pieces.isEmpty()) {
            throw new InvalidInputException(file + " is empty; legal: a WordPiece vocabulary, a piece a line");
        }
        return new WordPieceVocabulary(pieces, file.toString());
    }

    public int size() {
        return pieces.length;
    }

    public String piece(int id) {
        return pieces[id];
    }

    public OptionalInt find(String piece) {
        Integer id = ids.get(piece);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Whether a piece continues the word of the one before it. */
    public boolean continues(int id) {
        return pieces[id].startsWith(CONTINUATION) && pieces[id].length() > CONTINUATION.length();
    }

    /** For look-ups without a box; not to be changed. */
    Map<String, Integer> ids() {
        return ids;
    }

    /** The file. */
    public byte[] bytes() {
        return (String.join("\n", pieces) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Digest of the file as {@link #bytes} writes it, in hexadecimal digits. */
    public String sha256() {
        return Sha256.hex(Sha256.of(bytes()));
    }
}
