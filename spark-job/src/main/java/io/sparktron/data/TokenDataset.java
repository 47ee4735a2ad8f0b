package io.sparktron.data;

import io.sparktron.storage.Storage;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A token dataset by its manifest; the Parquet files are opened by {@link SampleReader} when they are needed.
 *
 * @param folder qualified, so that it means the same on every machine that shares the file system
 */
public record TokenDataset(String folder, Manifest manifest) {
    /**
     * Reads the manifest.
     *
     * @throws InvalidInputException if the folder is no token dataset
     */
    public static TokenDataset open(String folder, Configuration hadoop) {
        String qualified;
        Manifest manifest;
        try {
            qualified = Storage.qualify(folder, hadoop);
            manifest = Manifest.read(new Path(qualified), hadoop);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException("the token dataset " + folder + " cannot be read: " + e.getMessage(), e);
        }
        return new TokenDataset(qualified, manifest);
    }

    /**
     * Refuses a dataset of another family than a model's.
     *
     * @param key that named the dataset, for the error
     * @param family of the model: gpt or bert
     */
    public TokenDataset requireFamily(String key, String family) {
        if (!manifest.family().equals(family)) {
            throw new InvalidInputException(key + " = " + folder + " is a token dataset of family " + manifest.family()
                    + ", but the model is of family " + family + "; legal: a dataset prepared with prep.family = "
                    + family);
        }
        return this;
    }

    public boolean isBert() {
        return manifest.family().equals(Manifest.BERT);
    }

    /**
     * The WordPiece vocabulary of a BERT dataset, which lies beside its manifest.
     *
     * @throws InvalidInputException if the file is missing, or is not the manifest's
     */
    public WordPieceVocabulary vocabulary(Configuration hadoop) throws IOException {
        Manifest.Vocabulary tokenizer = manifest.tokenizer();
        Path file = new Path(folder, tokenizer.wordPieces().vocabularyFile());
        WordPieceVocabulary vocabulary = WordPieceVocabulary.read(file, hadoop);
        String expected = tokenizer.wordPieces().vocabularySha256();
        if (expected != null && !vocabulary.sha256().equals(expected)) {
            throw new InvalidInputException(file + " has SHA-256 " + vocabulary.sha256() + "; legal: " + expected
                    + ", as its dataset's manifest says");
        }
        if (vocabulary.size() != tokenizer.vocabulary()) {
            throw new InvalidInputException(file + " has " + vocabulary.size() + " pieces; legal: "
                    + tokenizer.vocabulary() + ", as its dataset's manifest says");
        }
        return vocabulary;
    }

    /**
     * That the files of its tokenizer are there: whatever masks samples of BERT needs them, and checkpoints carry them.
     *
     * @throws InvalidInputException if a file is missing or damaged, or is not the manifest's
     */
    public void requireVocabulary(Configuration hadoop) throws IOException {
        if (isBert()) {
            vocabulary(hadoop);
        } else {
            tokenizer(hadoop);
        }
    }

    /**
     * What encodes and decodes text for GPT; empty if there is no tokenizer of that name here.
     *
     * @throws InvalidInputException if a file of it is missing or damaged, or is not the manifest's
     */
    public Optional<Tokenizer> tokenizer(Configuration hadoop) throws IOException {
        return Tokenizers.find(manifest.tokenizer(), new Path(folder), hadoop);
    }

    /**
     * Content of the files that describe its tokenizer, by their names.
     *
     * @throws InvalidInputException if one is missing, or is not the manifest's
     */
    public Map<String, byte[]> tokenizerFiles(Configuration hadoop) throws IOException {
        Map<String, byte[]> files = new TreeMap<>(Tokenizers.files(manifest.tokenizer(), new Path(folder), hadoop));
        if (isBert()) {
            files.put(WordPieceVocabulary.FILE_NAME, vocabulary(hadoop).bytes());
        }
        return files;
    }

    public long samples() {
        return manifest.samples();
    }

    /** Tokens that the model sees of a sample, s. */
    public int sequence() {
        return manifest.sequence();
    }

    /** Ints in which a sample is kept: s + 1 for GPT. */
    public int values() {
        return isBert() ? BertValues.count(sequence()) : Math.addExact(sequence(), 1);
    }
}
