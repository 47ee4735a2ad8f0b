package io.sparktron.checkpoint;

import io.sparktron.tokenizer.BytePairTokenizer;
import io.sparktron.tokenizer.BytePairVocabulary;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What encodes and decodes text for a checkpoint's model, by its name or by the files that the checkpoint carries. */
public final class CheckpointTokenizer {
    private CheckpointTokenizer() {}

    /**
     * Opens it.
     *
     * @throws InvalidInputException if there is none of that name, its files are missing or damaged, or they are not those of the training data
     */
    public static Tokenizer open(Checkpoint checkpoint, Configuration hadoop) {
        CheckpointMetadata.Tokenizer saved = checkpoint.metadata().tokenizer();
        Tokenizer found = saved.name().startsWith(BytePairTokenizer.NAME + ':')
                ? bytePairs(checkpoint, saved, hadoop)
                : Tokenizers.named(saved.name());
        if (found.vocabulary() != saved.vocabulary()) {
            throw new InvalidInputException("checkpoint " + checkpoint.folder() + " was trained with " + saved
                    + ", but the tokenizer of that name has " + found.vocabulary() + " ids");
        }
        return found;
    }

    private static Tokenizer bytePairs(
            Checkpoint checkpoint, CheckpointMetadata.Tokenizer saved, Configuration hadoop) {
        Path folder = new Path(checkpoint.folder());
        try {
            String found = CheckpointMetadata.Tokenizer.withDigest(
                    BytePairTokenizer.NAME, BytePairVocabulary.digest(folder, hadoop));
            if (!saved.name().equals(found)) {
                throw new InvalidInputException("the tokenizer files of checkpoint " + folder + " are of " + found
                        + "; legal: those of " + saved.name() + ", with which it was trained");
            }
            return new BytePairTokenizer(BytePairVocabulary.read(folder, hadoop));
        } catch (IOException e) {
            throw new InvalidInputException(
                    "the tokenizer of checkpoint " + checkpoint.folder() + " cannot be read: " + e.getMessage(), e);
        }
    }
}
