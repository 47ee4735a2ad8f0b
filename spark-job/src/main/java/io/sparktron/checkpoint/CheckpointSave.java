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
 * One checkpoint under way, as one rank sees it. Each rank writes its shard by itself, at any time and on any thread, and says beside it what is where; when all have,
 * they commit together: rank 0 writes the manifest, without which the folder is no checkpoint. If one could not do its part, all take back what they wrote.
 */
public final class CheckpointSave {
    private final Path folder;
    private final CheckpointMetadata metadata;
    private final int rank;
    private final Configuration hadoop;
    private final String attempt;
    private final Permission permission;
    private final List<Path> written = new ArrayList<>();
    private Map<String, byte[]> beside = Map.of();
    private Exception failure;

    /**
     * @param rank of the world, this one
     * @param attempt a word that no earlier attempt of this run used: files are never overwritten
     * @param permission asked on every rank before its shard is written, and on rank 0 before the manifest is
     */
    public CheckpointSave(
            String runFolder,
            CheckpointMetadata metadata,
            int rank,
            Configuration hadoop,
            String attempt,
            Permission permission) {
        this.folder = CheckpointFolders.of(runFolder, metadata.step());
        this.metadata = metadata;
        this.rank = rank;
        this.hadoop = hadoop;
        this.attempt = attempt;
        this.permission = permission;
    }

    public CheckpointMetadata metadata() {
        return metadata;
    }

    /** Names files that go with the weights: rank 0 writes them before the manifest. Another attempt's of these names are replaced. */
    public CheckpointSave carrying(Map<String, byte[]> files) {
        beside = files;
        return this;
    }

    /**
     * Writes this rank's shard straight from the device. What goes wrong is told by {@link #commit}.
     *
     * @param tensors this rank's parts; those that are not {@link NamedTensor#saved} are written by another
     * @param listener hears of each block that is written; what it throws ends the writing
     */
    public void writeShard(List<NamedTensor> tensors, Queue queue, BlockListener listener) {
        writeShard(tensors, queue::read, listener);
    }

    void writeShard(List<NamedTensor> tensors, TensorSource source, BlockListener listener) {
        try {
            permission.require();
            Storage.of(folder, hadoop).mkdirs(folder);
            List<NamedTensor> ours =
                    tensors.stream().filter(NamedTensor::isWritten).toList();
            Path file = shard(rank);
            FSDataOutputStream out = Storage.create(file, false, hadoop, listener);
            written.add(file);
            CheckpointManifest.Shard shard = new ShardWriter(source).writeAll(file, out, ours, hadoop);
            written.add(contents(rank));
            Storage.replace(contents(rank), CheckpointManifest.shardToJson(shard), hadoop);
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    /** What went wrong on this rank, if something did. */
    public Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Makes a checkpoint of the shards; every rank calls it once its own is written, and all return or all throw.
     *
     * @param listener hears of what rank 0 reads and deletes
     * @throws CheckpointFailedException on every rank if any could not do its part, naming that rank, file and cause; there is no manifest then
     */
    public void commit(Communicator world, Queue queue, BlockListener listener) throws CheckpointFailedException {
        Agreement agreement = new Agreement(world, queue);
        agree(agreement, shard(rank));
        if (rank == 0) {
            try {
                permission.require();
                writeManifest(world.size(), listener);
            } catch (IOException | RuntimeException e) {
                failure = e;
            }
        }
        agree(agreement, new Path(folder, CheckpointManifest.FILE));
    }

    private void agree(Agreement agreement, Path file) throws CheckpointFailedException {
        Optional<Agreement.Failure> first = agreement.failure(
                failure == null
                        ? null
                        : new Agreement.Failure(
                                "rank " + rank + " could not write " + file + ": " + failure,
                                failure instanceof IOException));
        if (first.isPresent()) {
            CheckpointFailedException failed = new CheckpointFailedException(
                    first.get().words(), first.get().inputOutput());
            if (failure != null) {
                failed.addSuppressed(failure);
            }
            try {
                takeBack();
            } catch (IOException e) {
                failed.addSuppressed(e);
            }
            throw failed;
        }
    }

    /** What is of no use should not fill the disk. Where a manifest stands nevertheless, a file may be one of its. */
    void takeBack() throws IOException {
        if (!CheckpointFolders.isComplete(folder, hadoop)) {
            for (Path file : written) {
                Storage.delete(file, hadoop);
            }
        }
    }

    private void writeManifest(int ranks, BlockListener listener) throws IOException {
        Map<String, LogicalTensor> tensors = new LinkedHashMap<>();
        for (int other = 0; other < ranks; other++) {
            for (LogicalTensor part : readContents(other).tensors()) {
                tensors.merge(part.name(), part, CheckpointSave::join);
            }
            listener.blockPassed();
        }
        CheckpointManifest manifest = new CheckpointManifest(
                CheckpointManifest.FORMAT, CheckpointManifest.VERSION, metadata, List.copyOf(tensors.values()));
        byte[] json = manifest.toJson();
        CheckpointManifest.parse(json, folder.toString()); // what could not be read must not count as saved
        for (Map.Entry<String, byte[]> file : beside.entrySet()) {
            Path path = new Path(folder, file.getKey());
            written.add(path);
            Storage.replace(path, file.getValue(), hadoop);
            listener.blockPassed();
        }
        for (int other = 0; other < ranks; other++) {
            Storage.delete(contents(other), hadoop);
            listener.blockPassed();
        }
        Storage.replace(new Path(folder, CheckpointManifest.FILE), json, hadoop);
    }

    private CheckpointManifest.Shard readContents(int other) throws IOException {
        try {
            return CheckpointManifest.shardFromJson(Storage.read(contents(other), hadoop));
        } catch (FileNotFoundException e) {
            throw new IOException(
                    "rank 0 does not see " + contents(other) + " of rank " + other
                            + "; run.dir must lie on a file system that all hosts share",
                    e);
        }
    }

    private static LogicalTensor join(LogicalTensor one, LogicalTensor other) {
        List<Slice> slices = new ArrayList<>(one.slices());
        slices.addAll(other.slices());
        return new LogicalTensor(one.name(), one.shape(), slices);
    }

    private Path shard(int of) {
        return new Path(folder, name(of) + ".safetensors");
    }

    /** What a rank's shard holds, until the manifest says it. */
    private Path contents(int of) {
        return new Path(folder, name(of) + ".contents.json");
    }

    private String name(int of) {
        return String.format(Locale.ROOT, "%s-%s-rank-%05d", folder.getName(), attempt, of);
    }
}
