package io.sparktron.checkpoint;

import io.sparktron.collective.Communicator;
import io.sparktron.storage.BlockListener;
import io.sparktron.storage.Permission;
import io.sparktron.tensor.Queue;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Checkpoints of tests, which are saved while nothing else goes on. */
public final class Saves {
    private Saves() {}

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

    /** Saves; every rank calls it, and all return or all throw. */
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
}
