package io.sparktron.preflight;

import io.sparktron.model.ModelConfig;
import io.sparktron.run.RunFolder;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.Sizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The run folder as the driver sees it: whether it can be written, what goes into it, and whether another driver holds it. */
final class RunFolderChecks {
    static final String KEY = "run.dir";

    /** Weights and Adam's two moments in float32. */
    private static final long BYTES_OF_PARAMETER = 12;

    private final String folder;
    private final int keep;
    private final Configuration hadoop;

    /**
     * @param keep checkpoints that are kept; 0 keeps all
     */
    RunFolderChecks(String folder, int keep, Configuration hadoop) {
        this.folder = folder;
        this.keep = keep;
        this.hadoop = hadoop;
    }

    /**
     * Whether it can be written, and has room.
     *
     * @param model that will be saved there, if it is known
     */
    List<Finding> findings(Optional<ModelConfig> model) {
        List<Finding> findings = new ArrayList<>();
        try {
            SharedFolder shared = SharedFolder.of(RunFolder.open(folder, hadoop).path());
            try (ProbeFile probe = shared.ofDriver(hadoop)) {
                Path path = probe.folder();
                FileSystem files = Storage.of(path, hadoop);
                findings.add(Finding.ok(KEY, path + " can be written by the driver; it " + abilities(files, path)));
                findings.add(space(files.getStatus(path).getRemaining(), files.getDefaultReplication(path), model));
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

    /** Whether another driver writes there now. */
    List<Finding> lease() {
        try {
            return RunFolder.open(folder, hadoop).holder().stream()
                    .map(holder -> Finding.mistake(
                            "lease", folder + " is in use by " + holder, "end that run first, or --set run.dir=FOLDER"))
                    .toList();
        } catch (IOException e) {
            return List.of(Finding.problem("lease", folder + " cannot be read: " + e.getMessage(), ""));
        }
    }

    private static String abilities(FileSystem files, Path path) throws IOException {
        return files.hasPathCapability(path, CommonPathCapabilities.FS_APPEND)
                ? "can append to files"
                : "cannot append to files, so metrics.jsonl is written anew now and then";
    }

    /**
     * @param free bytes, for all copies that the file system keeps of a file
     * @param copies that it keeps: more than one on HDFS
     */
    private Finding space(long free, int copies, Optional<ModelConfig> model) throws IOException {
        String found = Sizes.of(free) + " free in " + folder;
        if (model.isEmpty()) {
            return Finding.ok("space", found);
        }
        int there = RunFolder.open(folder, hadoop).completeCheckpoints().size();
        long more = keep == 0 ? 1 : Math.max(1, keep + 1L - there); // the newest is written before the oldest goes
        long each = BYTES_OF_PARAMETER * model.get().parameters();
        long needed = more * each * copies;
        String compared = found + ", " + Counts.of(more, "more checkpoint") + " of " + Sizes.of(each)
                + (copies == 1 ? "" : ", each kept " + copies + " times (dfs.replication),") + " to come"
                + (keep == 0 ? " at least, as train.checkpoint-keep = 0 keeps all" : "");
        return free < needed
                ? Finding.problem(
                        "space",
                        compared,
                        "free " + Sizes.of(needed - free)
                                + " there, --set run.dir=FOLDER, or a smaller --set train.checkpoint-keep")
                : Finding.ok("space", compared);
    }
}
