package io.sparktron.checkpoint;

import io.sparktron.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The {@code checkpoints} folder of a run. */
final class CheckpointFolders {
    private static final Pattern STEP = Pattern.compile("step-\\d{8,18}");

    private CheckpointFolders() {}

    static Path of(String runFolder, long step) {
        return new Path(new Path(runFolder, "checkpoints"), String.format(Locale.ROOT, "step-%08d", step));
    }

    /** All step folders, complete or not, newest first. */
    static List<Path> newestFirst(String runFolder, Configuration hadoop) throws IOException {
        Path all = new Path(runFolder, "checkpoints");
        FileStatus[] found;
        try {
            found = Storage.of(all, hadoop).listStatus(all);
        } catch (FileNotFoundException none) {
            return List.of();
        }
        return Stream.of(found)
                .map(FileStatus::getPath)
                .filter(path -> STEP.matcher(path.getName()).matches())
                .sorted(Comparator.comparingLong(CheckpointFolders::step).reversed())
                .toList();
    }

    static long step(Path folder) {
        return Long.parseLong(folder.getName().substring("step-".length()));
    }

    static boolean isComplete(Path folder, Configuration hadoop) throws IOException {
        return Storage.of(folder, hadoop).exists(new Path(folder, CheckpointManifest.FILE));
    }
}
