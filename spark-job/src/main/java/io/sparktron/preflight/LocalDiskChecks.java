package io.sparktron.preflight;

import io.sparktron.train.Sizes;
import java.nio.file.Path;
import java.util.List;

/** The local disk, where Spark keeps jars, logs and blocks of a process. */
final class LocalDiskChecks {
    private static final String CHECK = "local disk";

    /** A log and some jars. */
    private static final long LEAST = 256L << 20;

    private LocalDiskChecks() {}

    /** The fullest of some folders. */
    static Finding of(List<String> folders) {
        return of(folders, LEAST);
    }

    static Finding of(List<String> folders, long least) {
        for (String folder : folders) {
            long free = Path.of(folder).toFile().getUsableSpace(); // 0 if it cannot be told
            if (free < least) {
                return Finding.problem(
                        CHECK,
                        folder + " has " + Sizes.of(free) + " free, must be at least " + Sizes.of(least),
                        "free some, or --conf spark.local.dir=FOLDER on another disk");
            }
        }
        return Finding.ok(CHECK, "has room for Spark");
    }
}
