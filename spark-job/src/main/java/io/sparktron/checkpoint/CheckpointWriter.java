package io.sparktron.checkpoint;

import io.sparktron.collective.Communicator;
import io.sparktron.storage.BlockListener;
import io.sparktron.storage.Permission;
import io.sparktron.tensor.Queue;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Saves checkpoints while nothing else goes on, and deletes those that are no longer wanted. */
public final class CheckpointWriter {
    private CheckpointWriter() {}

    /** Saves where nobody else writes. */
    public static void save(
            String runFolder,
            CheckpointMetadata metadata,
            List<NamedTensor> tensors,
            Communicator world,
            Queue queue,
            Configuration hadoop,
            String attempt)
            throws CheckpointFailedException {
        save(runFolder, metadata, tensors, world, queue, hadoop, attempt, Permission.ALWAYS, world::progress);
    }

    /**
     * Saves; every rank calls it, and all return or all throw.
     *
     * @param tensors this rank's parts; those that are not {@link NamedTensor#saved} are written by another
     * @param attempt a word that no earlier attempt of this run used: files are never overwritten
     * @param permission asked on every rank before its shard is written, and on rank 0 before the manifest is
     * @throws CheckpointFailedException on every rank if any could not do its part, naming that rank, file and cause; there is no manifest then
     */
    public static void save(
            String runFolder,
            CheckpointMetadata metadata,
            List<NamedTensor> tensors,
            Communicator world,
            Queue queue,
            Configuration hadoop,
            String attempt,
            Permission permission,
            BlockListener listener)
            throws CheckpointFailedException {
        CheckpointSave save = new CheckpointSave(runFolder, metadata, world.rank(), hadoop, attempt, permission);
        save.writeShard(tensors, queue, listener);
        save.commit(world, queue, listener);
    }

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
        CheckpointFolders.retain(runFolder, keep, saved, hadoop, listener);
    }
}
