package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointManifest.LogicalTensor;
import io.sparktron.storage.BlockListener;
import io.sparktron.storage.Storage;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tokens.InvalidInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/** A complete checkpoint, by its manifest; shards are opened when they are loaded. */
public final class Checkpoint {
    private final Path folder;
    private final Configuration hadoop;
    private final CheckpointMetadata metadata;
    private final Map<String, LogicalTensor> tensors = new LinkedHashMap<>();

    private Checkpoint(Path folder, Configuration hadoop) throws IOException {
        this.folder = folder;
        this.hadoop = hadoop;
        Path file = new Path(folder, CheckpointManifest.FILE);
        CheckpointManifest manifest = parse(Storage.read(file, hadoop), file);
        this.metadata = manifest.metadata();
        manifest.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
    }

    private static CheckpointManifest parse(byte[] json, Path file) throws IOException {
        try {
            return CheckpointManifest.parse(json, file.toString());
        } catch (InvalidInputException e) {
            throw new DamagedCheckpointException(file.getParent().toString(), e.getMessage(), e);
        }
    }

    /**
     * Opens what a user names.
     *
     * @param path a run folder, meaning its newest complete checkpoint, or a checkpoint's own folder
     * @throws InvalidInputException if there is none, or its manifest is damaged
     */
    public static Checkpoint open(String path, Configuration hadoop) {
        try {
            Path folder = new Path(Storage.qualify(path, hadoop));
            if (CheckpointFolders.isComplete(folder, hadoop)) {
                return new Checkpoint(folder, hadoop);
            }
            return newest(folder.toString(), hadoop)
                    .orElseThrow(() -> new InvalidInputException(
                            path + " holds no complete checkpoint; legal: a run folder with checkpoints/step-*/"
                                    + CheckpointManifest.FILE + ", or such a step folder"));
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidInputException("checkpoint " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Where the checkpoint of a step lies, if there is one. */
    public static String folder(String runFolder, long step) {
        return CheckpointFolders.of(runFolder, step).toString();
    }

    /** The newest complete checkpoint of a run folder, if there is any. */
    public static Optional<Checkpoint> newest(String runFolder, Configuration hadoop) throws IOException {
        for (Path folder : CheckpointFolders.newestFirst(runFolder, hadoop)) {
            if (CheckpointFolders.isComplete(folder, hadoop)) {
                return Optional.of(new Checkpoint(folder, hadoop));
            }
        }
        return Optional.empty();
    }

    /** All complete checkpoints of a run folder, oldest first. */
    public static List<Checkpoint> all(String runFolder, Configuration hadoop) throws IOException {
        return upTo(Long.MAX_VALUE, runFolder, hadoop);
    }

    /** All complete checkpoints of a run folder after step {@code last} or an earlier one, oldest first; later ones are not opened. */
    public static List<Checkpoint> upTo(long last, String runFolder, Configuration hadoop) throws IOException {
        List<Checkpoint> found = new ArrayList<>();
        for (Path folder : CheckpointFolders.newestFirst(runFolder, hadoop)) {
            if (CheckpointFolders.step(folder) <= last && CheckpointFolders.isComplete(folder, hadoop)) {
                found.add(0, new Checkpoint(folder, hadoop));
            }
        }
        return found;
    }

    /** The folders of all complete checkpoints of a run folder, damaged or not, newest first. */
    public static List<String> complete(String runFolder, Configuration hadoop) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path folder : CheckpointFolders.newestFirst(runFolder, hadoop)) {
            if (CheckpointFolders.isComplete(folder, hadoop)) {
                found.add(folder.toString());
            }
        }
        return found;
    }

    public String folder() {
        return folder.toString();
    }

    public CheckpointMetadata metadata() {
        return metadata;
    }

    /** Every logical tensor with its whole shape. */
    public Map<String, Shape> tensors() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> shapes.put(name, tensor.global()));
        return shapes;
    }

    /** The files that hold parts of a tensor, beside the manifest. */
    public Set<String> filesOf(String tensor) {
        Set<String> files = new TreeSet<>();
        tensors.get(tensor).slices().forEach(slice -> files.add(slice.file()));
        return files;
    }

    /**
     * A line for each file of it that is missing, torn or, if all is read, damaged.
     *
     * @param deep whether to read all bytes and hold them against their checksums, instead of lengths alone
     */
    public List<String> damage(boolean deep) throws IOException {
        return new ShardAudit(folder, tensors.values(), hadoop).damage(deep);
    }

    /** As below, where nobody waits. */
    public void load(List<NamedTensor> targets, Queue queue) {
        load(targets, queue, BlockListener.NONE);
    }

    /**
     * Enqueues the copy of each target's box, from whatever slices hold it. Checksums of all slices that are touched are verified; on an error some targets may
     * have been written to.
     *
     * @throws InvalidInputException naming the tensor if it is missing or has another shape
     * @throws DamagedCheckpointException naming tensor and file if a shard is missing, torn or damaged
     * @throws UncheckedIOException naming the folder if the file system fails
     */
    public void load(List<NamedTensor> targets, Queue queue, BlockListener listener) {
        try (SliceReader reader = new SliceReader(folder, hadoop, queue, listener)) {
            for (NamedTensor target : targets) {
                LogicalTensor tensor = tensors.get(target.name());
                if (tensor == null) {
                    throw new InvalidInputException(
                            folder + " has no tensor " + target.name() + "; it has " + tensors.size() + " others");
                }
                if (!tensor.global().equals(target.global())) {
                    throw new InvalidInputException(folder + " has " + target.name() + " of shape " + tensor.global()
                            + ", the model needs " + target.global());
                }
                load(reader, tensor, target);
            }
        } catch (AccessControlException e) {
            throw new InvalidInputException(folder + " cannot be read: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void load(SliceReader reader, LogicalTensor tensor, NamedTensor target) throws IOException {
        try {
            reader.load(tensor, target);
        } catch (InvalidInputException e) {
            throw new DamagedCheckpointException(folder.toString(), e.getMessage(), e);
        } catch (EOFException e) {
            throw new DamagedCheckpointException(
                    folder.toString(), folder + " is torn: a file of tensor " + target.name() + " ends early", e);
        }
    }
}
