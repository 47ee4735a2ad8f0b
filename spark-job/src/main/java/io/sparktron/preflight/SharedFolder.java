package io.sparktron.preflight;

import io.sparktron.storage.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The run folder as driver and ranks see it together: each writes a file there, and each must find those of driver and rank 0.
 *
 * @param folder qualified
 * @param token how the names of all these files begin
 */
record SharedFolder(String folder, String token) implements Serializable {
    private static final String KEY = "run.dir";
    private static final String PREFIX = ".preflight-";

    /** No preflight takes so long. */
    private static final Duration LEFT_BEHIND_AFTER = Duration.ofDays(1);

    private static final String ELSEWHERE =
            "--set run.dir=FOLDER of a file system that all hosts share (hdfs:, s3a:, or a mount on every host)";

    static SharedFolder of(String folder) {
        return new SharedFolder(folder, PREFIX + UUID.randomUUID());
    }

    /** The driver's file; closing removes it. Files of drivers that were killed long ago go, too. */
    ProbeFile ofDriver(Configuration hadoop) throws IOException {
        ProbeFile ours = write("driver", hadoop);
        try {
            long latest = System.currentTimeMillis() - LEFT_BEHIND_AFTER.toMillis();
            remove(file -> file.getPath().getName().startsWith(PREFIX) && file.getModificationTime() < latest, hadoop);
            return ours;
        } catch (IOException | RuntimeException e) {
            try {
                ours.close();
            } catch (IOException rest) {
                e.addSuppressed(rest);
            }
            throw e;
        }
    }

    /** A rank's file; closing removes it. */
    ProbeFile ofRank(int rank, Configuration hadoop) throws IOException {
        return write("rank-" + rank, hadoop);
    }

    private ProbeFile write(String who, Configuration hadoop) throws IOException {
        return ProbeFile.write(KEY, new Path(folder), token + "-" + who, hadoop);
    }

    /** Whether a rank, once all have written, sees what driver and rank 0 have. */
    Finding seen(Configuration hadoop) {
        try {
            for (String writer : new String[] {"driver", "rank-0"}) {
                if (!ProbeFile.isThere(new Path(folder), token + "-" + writer, hadoop)) {
                    return Finding.problem(
                            KEY,
                            folder + " does not show what " + writer.replace('-', ' ') + " wrote there",
                            ELSEWHERE);
                }
            }
        } catch (IOException e) {
            return Finding.problem(KEY, folder + " cannot be read: " + e.getMessage(), ELSEWHERE);
        }
        return Finding.ok(KEY, folder + " is the same for driver and ranks, and all can write there");
    }

    /** Removes a rank's file; tells if that cannot be. */
    Optional<Finding> remove(ProbeFile file) {
        try {
            file.close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(Finding.problem(
                    KEY, "what was written to " + folder + " cannot be deleted: " + e.getMessage(), ELSEWHERE));
        }
    }

    /** Removes also what ranks have left there that were ended before they could do so. */
    void clear(Configuration hadoop) throws IOException {
        remove(file -> file.getPath().getName().startsWith(token), hadoop);
    }

    private void remove(Predicate<FileStatus> which, Configuration hadoop) throws IOException {
        for (FileStatus file : Storage.of(new Path(folder), hadoop).listStatus(new Path(folder))) {
            if (which.test(file)) {
                Storage.delete(file.getPath(), hadoop);
            }
        }
    }

    /** What a rank says that could not write its file. */
    Finding unwritable(Exception cause) {
        return Finding.problem(KEY, folder + " cannot be written: " + cause.getMessage(), ELSEWHERE);
    }
}
