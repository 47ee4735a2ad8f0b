package io.sparktron.preflight;

import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The run folder as one process sees it: whether it can be written, and how much goes into it. */
final class RunFolderChecks {
    private static final String KEY = "run.dir";

    private final String folder;
    private final Configuration hadoop;

    RunFolderChecks(String folder, Configuration hadoop) {
        this.folder = folder;
        this.hadoop = hadoop;
    }

    /**
     * On the driver.
     *
     * @param needed bytes that checkpoints will take, where that is known
     */
    List<Finding> onDriver(OptionalLong needed) {
        List<Finding> findings = new ArrayList<>();
        try {
            Path qualified = new Path(Storage.qualify(folder, hadoop));
            try (ProbeFile probe = ProbeFile.write(KEY, qualified, ProbeFile.newName(), hadoop)) {
                Path path = probe.folder();
                FileSystem files = Storage.of(path, hadoop);
                findings.add(Finding.ok(KEY, path + " can be written by the driver; it " + abilities(files, path)));
                findings.add(space(files.getStatus(path).getRemaining(), needed));
            }
        } catch (InvalidInputException e) {
            findings.add(Finding.mistake(KEY, e.getMessage(), "--set run.dir=FOLDER"));
        } catch (IOException e) {
            findings.add(Finding.mistake(
                    KEY,
                    folder + " cannot be written by the driver: " + e.getMessage(),
                    "--set run.dir=FOLDER that driver and executors can write"));
        }
        return findings;
    }

    private static String abilities(FileSystem files, Path path) throws IOException {
        boolean appends = files.hasPathCapability(path, CommonPathCapabilities.FS_APPEND);
        return appends ? "appends to files" : "cannot append to files";
    }

    private Finding space(long free, OptionalLong needed) {
        if (needed.isEmpty()) {
            return Finding.ok("space", Sizes.of(free) + " free in " + folder);
        }
        String found = Sizes.of(free) + " free in " + folder + ", checkpoints take " + Sizes.of(needed.getAsLong());
        return free < needed.getAsLong()
                ? Finding.problem(
                        "space",
                        found,
                        "free " + Sizes.of(needed.getAsLong() - free) + " there, or --set run.dir=FOLDER")
                : Finding.ok("space", found);
    }
}
