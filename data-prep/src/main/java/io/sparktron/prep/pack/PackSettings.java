package io.sparktron.prep.pack;

import io.sparktron.tokenizer.BytePairTokenizer;
import io.sparktron.tokenizer.BytePairVocabulary;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * How kept documents become token datasets. The comment of each component gives its key on the command line; a value that is not legal is an
 * {@link InvalidInputException}.
 *
 * @param sequence {@code prep.sequence}: length of the model's input, in tokens
 * @param seed {@code prep.seed}: shuffles the documents and draws the splits
 * @param validationFraction {@code prep.validation-fraction}: expected share of the documents that go to validation; 0 = no such split
 * @param testFraction {@code prep.test-fraction}: expected share of the documents that go to the test split; 0 = no such split
 * @param tokenizer {@code prep.tokenizer}: name of the tokenizer
 * @param samplesPerFile {@code prep.samples-per-file}: rows of a Parquet file, a multiple of 256; 0 = about 2^26 tokens (100 MB)
 * @param bert {@code prep.family}: what only samples for BERT need; null makes samples for GPT
 * @param blendTokens {@code prep.blend-tokens}: see {@link BlendSettings}
 * @param vocabularySize {@code prep.vocabulary-size}: ids of the byte-level BPE that is trained on the training split, at most; without a part with other tokenizers
 */
public record PackSettings(
        int sequence,
        long seed,
        double validationFraction,
        double testFraction,
        String tokenizer,
        int samplesPerFile,
        BertSettings bert,
        long blendTokens,
        int vocabularySize)
        implements Serializable {
    /** Ids of a byte-level BPE that is trained: as many as GPT-2's has. */
    public static final int DEFAULT_VOCABULARY = 50257;

    private static final int LARGEST_VOCABULARY = 1 << 20;
    private static final int TOKENS_PER_FILE = 1 << 26;
    private static final int LONGEST_SEQUENCE = 1 << 20;

    public PackSettings {
        require(sequence >= 1 && sequence <= LONGEST_SEQUENCE, "prep.sequence", sequence, "1 to " + LONGEST_SEQUENCE);
        requireFraction("prep.validation-fraction", validationFraction);
        requireFraction("prep.test-fraction", testFraction);
        require(
                validationFraction + testFraction < 1,
                "prep.validation-fraction + prep.test-fraction",
                validationFraction + testFraction,
                "below 1, so that something is left to train on");
        if (bert == null) {
            require(
                    tokenizer.equals(BytePairTokenizer.NAME)
                            || Tokenizers.find(tokenizer).isPresent(),
                    "prep.tokenizer",
                    tokenizer,
                    Gpt2Tokenizer.NAME + ", or " + BytePairTokenizer.NAME + " to train one on the corpus");
            require(
                    !tokenizer.equals(BytePairTokenizer.NAME)
                            || vocabularySize >= BytePairVocabulary.SMALLEST && vocabularySize <= LARGEST_VOCABULARY,
                    "prep.vocabulary-size",
                    vocabularySize,
                    BytePairVocabulary.SMALLEST + " to " + LARGEST_VOCABULARY);
        } else {
            require(
                    tokenizer.equals(WordPieceTokenizer.NAME),
                    "prep.tokenizer",
                    tokenizer,
                    WordPieceTokenizer.NAME + ", with prep.family = bert");
            require(
                    sequence >= BertSettings.SHORTEST_SEQUENCE,
                    "prep.sequence",
                    sequence,
                    "at least " + BertSettings.SHORTEST_SEQUENCE + " with prep.family = bert");
        }
        require(
                samplesPerFile >= 0 && samplesPerFile % SampleWriter.ROW_GROUP_SAMPLES == 0,
                "prep.samples-per-file",
                samplesPerFile,
                "a multiple of " + SampleWriter.ROW_GROUP_SAMPLES + ", or 0 for about " + TOKENS_PER_FILE + " tokens");
    }

    /** Without a test split. */
    public PackSettings(
            int sequence,
            long seed,
            double validationFraction,
            String tokenizer,
            int samplesPerFile,
            BertSettings bert) {
        this(sequence, seed, validationFraction, 0, tokenizer, samplesPerFile, bert);
    }

    /** As large as all sources together. */
    public PackSettings(
            int sequence,
            long seed,
            double validationFraction,
            double testFraction,
            String tokenizer,
            int samplesPerFile,
            BertSettings bert) {
        this(sequence, seed, validationFraction, testFraction, tokenizer, samplesPerFile, bert, 0, DEFAULT_VOCABULARY);
    }

    /** As manifests call it: gpt or bert. */
    public String family() {
        return bert == null ? Manifest.GPT : Manifest.BERT;
    }

    /** F: {@link #samplesPerFile}, with 0 replaced by what it stands for. */
    public int samplesInFile() {
        if (samplesPerFile > 0) {
            return samplesPerFile;
        }
        int group = SampleWriter.ROW_GROUP_SAMPLES;
        return Math.max(1, TOKENS_PER_FILE / sequence / group) * group;
    }

    /** All that has a part in the result but the documents, by key; a vocabulary that is given must be added by its digest. */
    public Map<String, String> asMap() {
        Map<String, String> values = new TreeMap<>();
        values.put("prep.family", family());
        values.put("prep.sequence", Integer.toString(sequence));
        values.put("prep.seed", Long.toString(seed));
        values.put("prep.validation-fraction", Double.toString(validationFraction));
        values.put("prep.test-fraction", Double.toString(testFraction));
        values.put("prep.tokenizer", tokenizer);
        values.put("prep.blend-tokens", Long.toString(blendTokens));
        values.put("prep.samples-per-file", Integer.toString(samplesPerFile));
        if (tokenizer.equals(BytePairTokenizer.NAME)) {
            values.put("prep.vocabulary-size", Integer.toString(vocabularySize));
        }
        if (bert != null) {
            values.put("prep.lower-case", Boolean.toString(bert.lowerCase()));
            values.put("prep.short-sequences", Double.toString(bert.shortSequences()));
            values.put("prep.vocabulary-size", Integer.toString(bert.vocabularySize()));
        }
        return values;
    }

    private static void requireFraction(String key, double value) {
        require(value >= 0 && value < 1, key, value, "at least 0 and below 1");
    }

    private static void require(boolean legal, String key, Object value, String what) {
        if (!legal) {
            throw new InvalidInputException(key + " = " + value + "; legal: " + what);
        }
    }
}
