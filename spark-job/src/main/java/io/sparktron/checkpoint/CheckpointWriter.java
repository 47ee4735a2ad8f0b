package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointManifest.LogicalTensor;
import io.sparktron.checkpoint.CheckpointManifest.Slice;
import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.Reduction;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
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

    private CheckpointWriter(Path folder, Communicator world, Queue queue, Configuration hadoop, String attempt) {
        this.folder = folder;
        this.world = world;
        this.queue = queue;
        this.hadoop = hadoop;
        this.attempt = attempt;
    }

    /**
     * Saves; every rank calls it, and all return or all throw.
     *
     * @param tensors this rank's parts; those that are not {@link NamedTensor#saved} are written by another
     * @param attempt a word that no earlier attempt of this run used: files are never overwritten
     * @throws CheckpointFailedException if any rank could not do its part; there is no manifest then
     */
    public static void save(
            String runFolder,
            CheckpointMetadata metadata,
            List<NamedTensor> tensors,
            Communicator world,
            Queue queue,
            Configuration hadoop,
            String attempt)
            throws CheckpointFailedException {
        Path folder = CheckpointFolders.of(runFolder, metadata.step());
        CheckpointWriter writer = new CheckpointWriter(folder, world, queue, hadoop, attempt);
        writer.together("its shard", () -> writer.writeShard(tensors));
        writer.together("the manifest", () -> {
            if (world.rank() == 0) {
                writer.writeManifest(metadata);
            }
        });
    }

    /**
     * Deletes all complete checkpoints but the newest {@code keep}, and the rest of incomplete ones that are older than the newest complete one.
     *
     * @param keep 0 keeps all complete ones
     */
    public static void retain(String runFolder, int keep, Configuration hadoop) throws IOException {
        CheckpointFolders.retain(runFolder, keep, hadoop);
    }

    private interface Part {
        void run() throws IOException;
    }

    /** Does a part and agrees with all ranks whether everybody could. */
    private void together(String what, Part part) throws CheckpointFailedException {
        Exception failure = null;
        try {
            part.run();
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        boolean anyFailed = anyFailed(failure != null);
        if (failure != null) {
            throw new CheckpointFailedException(
                    "rank " + world.rank() + " could not write " + what + " of " + folder + ": " + failure, failure);
        }
        if (anyFailed) {
            throw new CheckpointFailedException("another rank could not write its part of " + folder, null);
        }
    }

    private boolean anyFailed(boolean failed) {
        try (Memory memory = world.allocator().allocate("agreement", Float.BYTES)) {
            Tensor flag = new Tensor(memory, 0, DType.FLOAT32, Shape.of(1));
            ByteBuffer value = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            queue.write(value.putFloat(0, failed ? 1 : 0), flag);
            world.run(new AllReduce(Reduction.MAX, flag), queue);
            queue.read(flag, value);
            return value.getFloat(0) != 0;
        }
    }

    private void writeShard(List<NamedTensor> tensors) throws IOException {
        Storage.of(folder, hadoop).mkdirs(folder);
        List<NamedTensor> ours = tensors.stream()
                .filter(tensor -> tensor.saved() && tensor.local().elements() > 0)
                .toList();
        Path file = new Path(folder, name(world.rank()) + ".safetensors");
        CheckpointManifest.Shard shard = new ShardWriter(queue).write(file, ours, hadoop);
        Storage.replace(contents(world.rank()), CheckpointManifest.shardToJson(shard), hadoop);
    }

    private void writeManifest(CheckpointMetadata metadata) throws IOException {
        Map<String, LogicalTensor> tensors = new LinkedHashMap<>();
        for (int rank = 0; rank < world.size(); rank++) {
            for (LogicalTensor part : CheckpointManifest.shardFromJson(Storage.read(contents(rank), hadoop))
                    .tensors()) {
                tensors.merge(part.name(), part, CheckpointWriter::join);
            }
        }
        CheckpointManifest manifest = new CheckpointManifest(
                CheckpointManifest.FORMAT, CheckpointManifest.VERSION, metadata, List.copyOf(tensors.values()));
        byte[] json = manifest.toJson();
        CheckpointManifest.parse(json, folder.toString()); // what could not be read must not count as saved
        for (int rank = 0; rank < world.size(); rank++) {
            Storage.of(folder, hadoop).delete(contents(rank), false);
        }
        Storage.replace(new Path(folder, CheckpointManifest.FILE), json, hadoop);
    }

    private static LogicalTensor join(LogicalTensor one, LogicalTensor other) {
        List<Slice> slices = new ArrayList<>(one.slices());
        slices.addAll(other.slices());
        return new LogicalTensor(one.name(), one.shape(), slices);
    }

    /** What a rank's shard holds, until the manifest says it. */
    private Path contents(int rank) {
        return new Path(folder, name(rank) + ".contents.json");
    }

    private String name(int rank) {
        return String.format(Locale.ROOT, "%s-%s-rank-%05d", folder.getName(), attempt, rank);
    }
}
