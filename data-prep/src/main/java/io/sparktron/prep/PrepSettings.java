package io.sparktron.prep;

import io.sparktron.prep.pack.BertSettings;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.Serializable;
import java.util.List;

/**
 * What data preparation shall do. The comment of each component gives its key on the command line; a value that is not legal is an
 * {@link InvalidInputException}.
 *
 * @param input {@code prep.input}: files, folders (read with all below them) or globs, of any Hadoop file system
 * @param format {@code prep.format}: auto, text, jsonl or parquet
 * @param textField {@code prep.text-field}: the JSON field or Parquet column that holds the document
 * @param output {@code prep.output}: folder that receives {@code train}, {@code validation} and {@code report.json}
 * @param sequence {@code prep.sequence}: length of the model's input, in tokens
 * @param seed {@code prep.seed}: shuffles the documents and draws the validation split
 * @param minimumCharacters {@code prep.minimum-characters}: documents with fewer (after normalisation, in code points) are dropped
 * @param validationFraction {@code prep.validation-fraction}: expected share of the documents that go to validation; 0 = no such split
 * @param tokenizer {@code prep.tokenizer}: name of the tokenizer
 * @param samplesPerFile {@code prep.samples-per-file}: rows of a Parquet file, a multiple of 256; 0 = about 2^26 tokens (100 MB)
 * @param bert {@code prep.family}: what only samples for BERT need; null makes samples for GPT
 */
public record PrepSettings(
        List<String> input,
        InputFormat format,
        String textField,
        String output,
        int sequence,
        long seed,
        int minimumCharacters,
        double validationFraction,
        String tokenizer,
        int samplesPerFile,
        BertSettings bert)
        implements Serializable {
    private static final int TOKENS_PER_FILE = 1 << 26;
    private static final int LONGEST_SEQUENCE = 1 << 20;

    public PrepSettings {
        input = List.copyOf(input);
        require(
                !input.isEmpty() && input.stream().noneMatch(String::isBlank),
                "prep.input",
                input,
                "at least one path or glob");
        require(!textField.isBlank(), "prep.text-field", textField, "the name of a field or column");
        require(!output.isBlank(), "prep.output", output, "a folder");
        require(sequence >= 1 && sequence <= LONGEST_SEQUENCE, "prep.sequence", sequence, "1 to " + LONGEST_SEQUENCE);
        require(minimumCharacters >= 1, "prep.minimum-characters", minimumCharacters, "a whole number from 1 on");
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
