package io.sparktron.data;

import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
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
     * @throws InvalidInputException if the folder is no token dataset, or not one for GPT
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
        if (!manifest.family().equals("gpt")) {
            throw new InvalidInputException(
                    "the token dataset " + folder + " is of family " + manifest.family() + "; legal: gpt");
        }
        return new TokenDataset(qualified, manifest);
    }

    public long samples() {
        return manifest.samples();
    }

    /** Tokens that the model sees of a sample, s. */
    public int sequence() {
        return manifest.sequence();
    }
}
