package io.sparktron.prep.stage;

import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** What users write as paths. */
public final class HadoopPaths {
    private HadoopPaths() {}

    public static Path parse(String key, String path) {
        try {
            return new Path(path);
        } catch (IllegalArgumentException unreadable) {
            throw new InvalidInputException(key + " " + path + " is no path: " + unreadable.getMessage(), unreadable);
        }
    }

    public static FileSystem fileSystem(String key, Path path, Configuration configuration) throws IOException {
        try {
            return path.getFileSystem(configuration);
        } catch (UnsupportedFileSystemException unknown) {
            throw new InvalidInputException(
                    key + " " + path + ": " + unknown.getMessage()
                            + "; legal: file:, hdfs: and what else this Spark has on its class path",
                    unknown);
        }
    }

    /** Spark reads paths as globs; a backslash takes the meaning from a sign. */
    public static String withoutGlob(String path) {
        return path.replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0");
    }
}
