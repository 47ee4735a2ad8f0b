package io.sparktron.checkpoint;

import io.sparktron.storage.BlockListener;
import io.sparktron.storage.Storage;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Deletes checkpoints that are no longer wanted. */
public final class CheckpointRetention {
    private CheckpointRetention() {}

    /**
     * Deletes all complete checkpoints but the newest {@code keep} up to the one just saved, and the rest of incomplete ones that are older. What is newer is of an
     * attempt that was lost, and may be the damaged one that the run went back from: it does not count, and stays for its user to look at.
     *
     * @param keep 0 keeps all complete ones
     * @param saved step of the checkpoint that was saved last
     * @param listener hears of each folder
     */
    public static void retain(String runFolder, int keep, long saved, Configuration hadoop, BlockListener listener)
            throws IOException {
        int complete = 0;
        for (Path folder : CheckpointFolders.newestFirst(runFolder, hadoop)) {
            listener.blockPassed();
            if (CheckpointFolders.step(folder) > saved) {
                continue;
            }
            boolean whole = CheckpointFolders.isComplete(folder, hadoop);
            if (whole) {
                complete++;
            }
            boolean surplus = whole ? keep > 0 && complete > keep : complete > 0;
            if (surplus) {
                delete(folder, hadoop);
            }
        }
    }

    /** The manifest goes first, so that what is half deleted is no checkpoint. */
    private static void delete(Path folder, Configuration hadoop) throws IOException {
        Storage.delete(new Path(folder, CheckpointManifest.FILE), hadoop);
        Storage.delete(folder, hadoop);
    }
}
