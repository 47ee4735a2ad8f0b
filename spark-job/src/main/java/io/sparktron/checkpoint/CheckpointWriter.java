package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointManifest.LogicalTensor;
import io.sparktron.checkpoint.CheckpointManifest.Slice;
import io.sparktron.collective.Communicator;
import io.sparktron.storage.BlockListener;
import io.sparktron.storage.Permission;
import io.sparktron.storage.Storage;
import io.sparktron.tensor.Queue;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/**
 * Saves a checkpoint, all ranks together: each writes its shard and says beside it what is where; when all have, rank 0 writes the manifest, without which the
 * folder is no checkpoint.
 */
public final class CheckpointWriter {
    private final Path folder;
    private final Communicator world;
    private final Queue queue;
    private final Configuration hadoop;
    private final String attempt;
    private final BlockListener listener;
    private final List<Path> written = new ArrayList<>();

    private CheckpointWriter(
            Path folder,
            Communicator world,
            Queue queue,
            Configuration hadoop,
            String attempt,
            BlockListener listener) {
        this.listener = listener;
        this.folder = folder;
        this.world = world;
        this.queue = queue;
        this.hadoop = hadoop;
        this.attempt = attempt;
    }

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
        Path folder = CheckpointFolders.of(runFolder, metadata.step());
        CheckpointWriter writer = new CheckpointWriter(folder, world, queue, hadoop, attempt, listener);
        writer.together(writer.shard(world.rank()), () -> {
            permission.require();
            writer.writeShard(tensors);
        });
        writer.together(new Path(folder, CheckpointManifest.FILE), () -> {
            if (world.rank() == 0) {
                permission.require();
                writer.writeManifest(metadata);
            }
        });
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

    private interface Part {
        void run() throws IOException;
    }

    /** Does a part and agrees with all ranks whether everybody could; if not, all take back what they wrote. */
    private void together(Path file, Part part) throws CheckpointFailedException {
        Exception cause = null;
        String ours = null;
        try {
            part.run();
        } catch (IOException | RuntimeException e) {
            cause = e;
            ours = "rank " + world.rank() + " could not write " + file + ": " + e;
        }
        Optional<String> failure = new Agreement(world, queue).failure(ours);
        if (failure.isPresent()) {
            throw takeBack(new CheckpointFailedException(ours == null ? failure.get() : ours, cause));
        }
    }

    /** What is of no use should not fill the disk. Where a manifest stands nevertheless, a file may be one of its. */
    private CheckpointFailedException takeBack(CheckpointFailedException failure) {
        try {
            if (!CheckpointFolders.isComplete(folder, hadoop)) {
                for (Path file : written) {
                    Storage.delete(file, hadoop);
                }
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private void writeShard(List<NamedTensor> tensors) throws IOException {
        Storage.of(folder, hadoop).mkdirs(folder);
        List<NamedTensor> ours = tensors.stream()
                .filter(tensor -> tensor.saved() && tensor.local().elements() > 0)
                .toList();
        Path file = shard(world.rank());
        CheckpointManifest.Shard shard;
        try (FSDataOutputStream out = Storage.create(file, false, hadoop, listener)) {
            written.add(file);
            shard = new ShardWriter(queue).write(file.getName(), out, ours);
        }
        written.add(contents(world.rank()));
        Storage.replace(contents(world.rank()), CheckpointManifest.shardToJson(shard), hadoop);
    }

    private void writeManifest(CheckpointMetadata metadata) throws IOException {
        Map<String, LogicalTensor> tensors = new LinkedHashMap<>();
        for (int rank = 0; rank < world.size(); rank++) {
            listener.blockPassed();
            for (LogicalTensor part : readContents(rank).tensors()) {
                tensors.merge(part.name(), part, CheckpointWriter::join);
            }
        }
        CheckpointManifest manifest = new CheckpointManifest(
                CheckpointManifest.FORMAT, CheckpointManifest.VERSION, metadata, List.copyOf(tensors.values()));
        byte[] json = manifest.toJson();
        CheckpointManifest.parse(json, folder.toString()); // what could not be read must not count as saved
        for (int rank = 0; rank < world.size(); rank++) {
            Storage.delete(contents(rank), hadoop);
            listener.blockPassed();
        }
        Storage.replace(new Path(folder, CheckpointManifest.FILE), json, hadoop);
    }

    private CheckpointManifest.Shard readContents(int rank) throws IOException {
        try {
            return CheckpointManifest.shardFromJson(Storage.read(contents(rank), hadoop));
        } catch (FileNotFoundException e) {
            throw new IOException(
                    "rank 0 does not see " + contents(rank) + " of rank " + rank
                            + "; run.dir must lie on a file system that all hosts share",
                    e);
        }
    }

    private static LogicalTensor join(LogicalTensor one, LogicalTensor other) {
        List<Slice> slices = new ArrayList<>(one.slices());
        slices.addAll(other.slices());
        return new LogicalTensor(one.name(), one.shape(), slices);
    }

    private Path shard(int rank) {
        return new Path(folder, name(rank) + ".safetensors");
    }

    /** What a rank's shard holds, until the manifest says it. */
    private Path contents(int rank) {
        return new Path(folder, name(rank) + ".contents.json");
    }

    private String name(int rank) {
        return String.format(Locale.ROOT, "%s-%s-rank-%05d", folder.getName(), attempt, rank);
    }
}
