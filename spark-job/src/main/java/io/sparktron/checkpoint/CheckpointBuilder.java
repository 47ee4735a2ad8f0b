package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointManifest.LogicalTensor;
import io.sparktron.storage.Storage;
import io.sparktron.tensor.Queue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/**
 * Makes a checkpoint that no training wrote, in one process and with no more of it in memory than one shard. Each call of {@link #add} writes a shard, and {@link
 * #finish} the manifest, without which the folder is no checkpoint. {@link #close} without it takes back what was written.
 */
public final class CheckpointBuilder implements AutoCloseable {
    private final Path folder;
    private final Configuration hadoop;
    private final Queue queue;
    private final boolean made;
    private final List<Path> written = new ArrayList<>();
    private final List<LogicalTensor> tensors = new ArrayList<>();
    private boolean finished;

    private CheckpointBuilder(Path folder, boolean made, Queue queue, Configuration hadoop) {
        this.folder = folder;
        this.made = made;
        this.queue = queue;
        this.hadoop = hadoop;
    }

    /**
     * Begins.
     *
     * @param key the setting that named the folder
     * @param folder new, or without anything in it
     * @throws io.sparktron.tokens.InvalidInputException if it is something else or cannot be made
     */
    public static CheckpointBuilder create(String key, Path folder, Queue queue, Configuration hadoop)
            throws IOException {
        Storage.requireEmpty(key, folder, hadoop);
        boolean made = !Storage.exists(folder, hadoop);
        Storage.makeFolder(key, folder, hadoop);
        return new CheckpointBuilder(folder, made, queue, hadoop);
    }

    /** Writes a shard of whole tensors. */
    public void add(List<NamedTensor> shard) throws IOException {
        Path file = new Path(folder, String.format(Locale.ROOT, "weights-%05d.safetensors", written.size()));
        FSDataOutputStream out = Storage.create(file, false, hadoop);
        written.add(file);
        tensors.addAll(
                new ShardWriter(queue::read).writeAll(file, out, shard, hadoop).tensors());
    }

    /** Writes a file that goes with the weights. */
    public void add(String name, byte[] content) throws IOException {
        Path file = new Path(folder, name);
        written.add(file);
        Storage.replace(file, content, hadoop);
    }

    /** Writes the manifest. */
    public void finish(CheckpointMetadata metadata) throws IOException {
        Path file = new Path(folder, CheckpointManifest.FILE);
        byte[] json = new CheckpointManifest(
                        CheckpointManifest.FORMAT, CheckpointManifest.VERSION, metadata, List.copyOf(tensors))
                .toJson();
        CheckpointManifest.parse(json, file.toString()); // what could not be read must not count as saved
        Storage.replace(file, json, hadoop);
        finished = true;
    }

    @Override
    public void close() throws IOException {
        if (!finished) {
            for (Path file : written) {
                Storage.delete(file, hadoop);
            }
            if (made) {
                Storage.delete(folder, hadoop);
            }
        }
    }
}
