package io.sparktron.tokenizer;

import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The tokenizers by the name that settings, manifests and checkpoints call them, and by the files that lie beside these. */
public final class Tokenizers {
    private Tokenizers() {}

    /**
     * One that its name alone describes.
     *
     * @throws InvalidInputException if there is none of that name
     */
    public static Tokenizer named(String name) {
        return find(name)
                .orElseThrow(() ->
                        new InvalidInputException("there is no tokenizer " + name + "; legal: " + Gpt2Tokenizer.NAME));
    }

    /** The one that this name alone describes, if there is one. */
    public static Optional<Tokenizer> find(String name) {
        return name.equals(Gpt2Tokenizer.NAME) ? Optional.of(Gpt2Tokenizer.get()) : Optional.empty();
    }

    /** What a manifest says of one whose {@link Tokenizer#files} lie beside it. */
    public static Manifest.Vocabulary described(Tokenizer tokenizer) {
        return new Manifest.Vocabulary(
                tokenizer.name(), tokenizer.vocabulary(), tokenizer.endOfText(), null, digests(tokenizer.files()));
    }

    /**
     * The tokenizer of text that a folder's ids are of; empty if nothing here decodes ids of that name, or of so many.
     *
     * @param described by its manifest
     * @throws InvalidInputException if its files are missing or damaged, or are not as the manifest says
     */
    public static Optional<Tokenizer> find(Manifest.Vocabulary described, Path folder, Configuration configuration)
            throws IOException {
        if (!described.name().equals(BytePairTokenizer.NAME)) {
            return find(described.name()).filter(known -> known.vocabulary() == described.vocabulary());
        }
        Set<String> named = described.files().keySet();
        if (!named.containsAll(BytePairFiles.NEEDED) || !BytePairFiles.ALL.containsAll(named)) {
            throw new InvalidInputException(folder + " names the files " + named + " of its tokenizer "
                    + described.name() + "; legal: " + BytePairFiles.NEEDED + ", and " + BytePairFiles.TOKENIZER);
        }
        files(described, folder, configuration); // they are the manifest's
        BytePairTokenizer found = new BytePairTokenizer(BytePairVocabulary.read(folder, configuration));
        if (found.vocabulary() != described.vocabulary() || found.endOfText() != described.endOfText()) {
            throw new InvalidInputException(folder + " gives its tokenizer " + described.name() + ' '
                    + described.vocabulary() + " ids and end-of-text " + described.endOfText() + "; legal: "
                    + found.vocabulary() + " and " + found.endOfText() + ", as " + BytePairFiles.VOCABULARY + " has");
        }
        return Optional.of(found);
    }

    /**
     * Content of the files that a manifest names.
     *
     * @param described by its manifest
     * @throws InvalidInputException if one is missing, or is another than the manifest says
     */
    public static Map<String, byte[]> files(Manifest.Vocabulary described, Path folder, Configuration configuration)
            throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Map.Entry<String, String> file : described.files().entrySet()) {
            Path path = new Path(folder, file.getKey());
            byte[] content;
            try {
                content = Storage.read(path, configuration);
            } catch (FileNotFoundException missing) {
                throw new InvalidInputException(
                        path + " is missing; legal: the file of the tokenizer " + described.name()
                                + " that its manifest names",
                        missing);
            }
            String sha256 = Sha256.hex(Sha256.of(content));
            if (!sha256.equals(file.getValue())) {
                throw new InvalidInputException(
                        path + " has SHA-256 " + sha256 + "; legal: " + file.getValue() + ", as its manifest says");
            }
            files.put(file.getKey(), content);
        }
        return files;
    }

    private static SortedMap<String, String> digests(Map<String, byte[]> files) {
        SortedMap<String, String> digests = new TreeMap<>();
        files.forEach((name, content) -> digests.put(name, Sha256.hex(Sha256.of(content))));
        return digests;
    }
}
