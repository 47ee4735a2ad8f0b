package io.sparktron.prep.pack;

import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.Serializable;

/**
 * How documents become samples. The comment of each component gives its key on the command line.
 *
 * @param sequence {@code prep.sequence}: length of the model's input, in tokens
 * @param seed {@code prep.seed}: shuffles the documents and draws the validation split
 * @param validationFraction {@code prep.validation-fraction}: expected share of the documents that go to validation; 0 = no such split
 * @param tokenizer {@code prep.tokenizer}: name of the tokenizer
 * @param samplesPerFile {@code prep.samples-per-file}: rows of a Parquet file, a multiple of 256; 0 = about 2^26 tokens (100 MB)
 * @param bert {@code prep.family}: what only samples for BERT need; null makes samples for GPT
 */
public record PackSettings(
        int sequence, long seed, double validationFraction, String tokenizer, int samplesPerFile, BertSettings bert)
        implements Serializable {
    private static final int TOKENS_PER_FILE = 1 << 26;
    private static final int LONGEST_SEQUENCE = 1 << 20;

    public PackSettings {
        require(sequence >= 1 && sequence <= LONGEST_SEQUENCE, "prep.sequence", sequence, "1 to " + LONGEST_SEQUENCE);
        require(
                validationFraction >= 0 && validationFraction < 1,
                "prep.validation-fraction",
                validationFraction,
                "at least 0 and below 1");
        if (bert == null) {
            Tokenizers.named(tokenizer);
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

    private static void require(boolean legal, String key, Object value, String what) {
        if (!legal) {
            throw new InvalidInputException(key + " = " + value + "; legal: " + what);
        }
    }
}
