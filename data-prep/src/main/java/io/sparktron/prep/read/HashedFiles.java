package io.sparktron.prep.read;

import io.sparktron.prep.stage.Content;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Input files and what is in them.
 *
 * @param files in their order
 * @param fingerprint of the files, how they are read, and their contents
 */
public record HashedFiles(List<InputFile> files, String fingerprint) {
    /**
     * Hashes the contents of files.
     *
     * @param work where digests are remembered
     */
    public static HashedFiles of(SparkSession spark, List<InputFile> files, Path work) throws IOException {
        return new HashedFiles(files, InputContents.fingerprint(files, InputContents.of(spark, files, work)));
    }

    /** As the input of a stage. */
    public Content content(String name) {
        return new Content(
                name, fingerprint, files.stream().mapToLong(InputFile::bytes).sum());
    }
}
