package io.sparktron.tokens;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The page that makes a folder a token dataset: {@code manifest.json}. It is written last and in one step, so a
 * folder without it is unfinished. Fields that this version does not know are tolerated.
 *
 * @param family which model the samples are made for: {@code gpt} (sequence + 1 ids each) or {@code bert}
 * @param sequence length of the model's input, in tokens
 * @param samples rows of all files together
 * @param tokenizer what the ids mean
 * @param files the Parquet files in name order, whose samples follow each other without a gap
 * @param counts what the samples were made of; null where the writer did not say
 * @param provenance where the corpus came from, as the writer put it; empty where it did not say
 */
@JsonPropertyOrder({"format", "version"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
        String family,
        int sequence,
        long samples,
        Vocabulary tokenizer,
        List<DataFile> files,
        Counts counts,
        Map<String, Object> provenance) {
    public static final String FILE_NAME = "manifest.json";
    public static final String FORMAT = "sparktron-tokens";
    public static final int VERSION = 1;
    public static final String GPT = "gpt";
    public static final String BERT = "bert";

    /**
     * The tokenizer by name, its number of ids, and the id that closes every document.
     *
     * @param wordPieces what only BERT's has; null for GPT
     * @param files of a byte-level BPE that was trained: names in the dataset's folder, and digests (SHA-256) of their content in hexadecimal digits; empty for others
     */
    public record Vocabulary(
            String name,
            int vocabulary,
            int endOfText,

            @JsonUnwrapped @JsonInclude(JsonInclude.Include.NON_NULL)
            WordPieces wordPieces,

            @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, String> files) {
        /** A second telling of what the other files say, for other libraries. */
        private static final String TOLD_AGAIN = "tokenizer.json";

        public Vocabulary {
            files = Collections.unmodifiableSortedMap(files == null ? new TreeMap<>() : new TreeMap<>(files));
        }

        /** One for GPT that its name describes. */
        public Vocabulary(String name, int vocabulary, int endOfText) {
            this(name, vocabulary, endOfText, null, null);
        }

        /** One for BERT. */
        public Vocabulary(String name, int vocabulary, int endOfText, WordPieces wordPieces) {
            this(name, vocabulary, endOfText, wordPieces, null);
        }

        /** What tells it from others of its name: a digest (SHA-256, hexadecimal) of its files; null if its name tells all, or the writer did not say. */
        public String digest() {
            return wordPieces == null ? digest(files) : wordPieces.vocabularySha256();
        }

        /** That of files by their digests; null if there are none. */
        public static String digest(Map<String, String> files) {
            StringBuilder text = new StringBuilder();
            new TreeMap<>(files).forEach((name, sha256) -> {
                if (!name.equals(TOLD_AGAIN)) {
                    text.append(sha256).append(' ').append(name).append('\n');
                }
            });
            return text.isEmpty() ? null : Sha256.hex(Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public String toString() { // a part of fingerprints, which checkpoints keep
            return "Vocabulary[name=" + name + ", vocabulary=" + vocabulary + ", endOfText=" + endOfText
                    + (wordPieces == null ? "" : ", " + wordPieces)
                    + (files.isEmpty() ? "]" : ", files=" + files + "]");
        }
    }

    /**
     * The special ids of a WordPiece vocabulary, and the vocabulary itself.
     *
     * @param pad fills a sample up to the sequence; in no file
     * @param cls the first id of every sample
     * @param sep closes each of the two segments
     * @param mask stands for a token to be predicted
     * @param lowerCase whether text is lower-cased, and accents stripped, before it is cut
     * @param vocabularyFile name in the dataset's folder: UTF-8, line n is the piece of id n, {@code ##} begins those that continue a word
     * @param vocabularySha256 digest of that file in hexadecimal digits; null where the writer did not say
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record WordPieces(
            int pad, int cls, int sep, int mask, boolean lowerCase, String vocabularyFile, String vocabularySha256) {}

    /**
     * A Parquet file of the folder.
     *
     * @param path name relative to the folder
     * @param firstSample number of its first row among all samples
     * @param samples its rows
     * @param sha256 digest of its bytes in hexadecimal digits; null where the writer did not say
     * @param bytes its length; null where the writer did not say
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record DataFile(String path, long firstSample, long samples, String sha256, Long bytes) {}

    /**
     * @param documents documents whose tokens are in the stream
     * @param characters their characters (Unicode code points)
     * @param tokens length of the stream, with the end-of-text of every document
     * @param tailTokens tokens at its end that fill no whole sample and are in no file
     */
    public record Counts(long documents, long characters, long tokens, long tailTokens) {}

    public Manifest {
        files = List.copyOf(files);
        provenance = provenance == null ? Map.of() : Map.copyOf(provenance);
    }

    /** Always {@link #FORMAT}; here for the JSON. */
    public String getFormat() {
        return FORMAT;
    }

    /** Always {@link #VERSION}; here for the JSON. */
    public int getVersion() {
        return VERSION;
    }

    /**
     * Reads and checks the manifest of a dataset; its files are not opened.
     *
     * @throws InvalidInputException if the folder or its manifest is missing, or a field is missing, illegal or contradicts another
     */
    public static Manifest read(Path folder, Configuration configuration) throws IOException {
        Path file = new Path(folder, FILE_NAME);
        byte[] json;
        try (InputStream in = file.getFileSystem(configuration).open(file)) {
            json = in.readAllBytes();
        } catch (FileNotFoundException missing) {
            throw new InvalidInputException(
                    folder + " is not a token dataset: it has no " + FILE_NAME
                            + " (legal: a folder written by `prep` to its end, such as <prep.output>/train)",
                    missing);
        }
        return ManifestReader.parse(json, file.toString());
    }

    /** Writes the manifest into its folder, in one step as others see it. */
    public void write(Path folder, Configuration configuration) throws IOException {
        JsonFiles.write(this, new Path(folder, FILE_NAME), configuration);
    }

    /**
     * A digest (SHA-256, hexadecimal) of what a training run depends on: family, sequence, tokenizer and the files with their digests.
     * Datasets with equal fingerprints give equal samples, wherever they lie.
     */
    public String fingerprint() {
        StringBuilder text = new StringBuilder();
        text.append(family)
                .append('\n')
                .append(sequence)
                .append('\n')
                .append(tokenizer)
                .append('\n');
        for (DataFile file : files) {
            text.append(file).append('\n');
        }
        return Sha256.hex(Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether the folder holds a manifest. */
    public static boolean existsIn(Path folder, Configuration configuration) throws IOException {
        FileSystem files = folder.getFileSystem(configuration);
        return files.exists(new Path(folder, FILE_NAME));
    }
}
