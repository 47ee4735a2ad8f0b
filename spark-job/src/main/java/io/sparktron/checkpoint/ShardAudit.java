package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointManifest.LogicalTensor;
import io.sparktron.checkpoint.CheckpointManifest.Slice;
import io.sparktron.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Holds the shards of a checkpoint against its manifest without loading them. */
final class ShardAudit {
    private static final int PIECE = 1 << 20;

    private final Path folder;
    private final Configuration hadoop;
    private final Map<String, List<Slice>> slices = new TreeMap<>();

    ShardAudit(Path folder, Collection<LogicalTensor> tensors, Configuration hadoop) {
        this.folder = folder;
        this.hadoop = hadoop;
        for (LogicalTensor tensor : tensors) {
            tensor.slices()
                    .forEach(slice -> slices.computeIfAbsent(slice.file(), first -> new ArrayList<>())
                            .add(slice));
        }
    }

    /**
     * A line for each shard that is not whole.
     *
     * @param deep whether to read all bytes and hold them against their checksums, instead of lengths alone
     */
    List<String> damage(boolean deep) throws IOException {
        Map<String, Long> lengths = lengths();
        List<String> damage = new ArrayList<>();
        for (Map.Entry<String, List<Slice>> shard : slices.entrySet()) {
            Path file = new Path(folder, shard.getKey());
            Long length = lengths.get(shard.getKey());
            long end = shard.getValue().stream()
                    .mapToLong(slice -> slice.offset() + slice.bytes())
                    .max()
                    .orElseThrow();
            if (length == null) {
                damage.add(file + " is missing");
            } else if (length < end) {
                damage.add(file + " is torn: it has " + length + " bytes, its tensors end at byte " + end);
            } else if (deep) {
                damage.addAll(differing(file, shard.getValue()));
            }
        }
        return damage;
    }

    private Map<String, Long> lengths() throws IOException {
        Map<String, Long> lengths = new HashMap<>();
        try {
            for (FileStatus file : Storage.of(folder, hadoop).listStatus(folder)) {
                lengths.put(file.getPath().getName(), file.getLen());
            }
        } catch (FileNotFoundException none) {
            return Map.of();
        }
        return lengths;
    }

    private List<String> differing(Path file, List<Slice> parts) throws IOException {
        byte[] piece = new byte[PIECE];
        try (FSDataInputStream in = Storage.of(file, hadoop).open(file)) {
            for (Slice slice : parts) {
                CRC32C crc = new CRC32C();
                in.seek(slice.offset());
                for (long left = slice.bytes(); left > 0; left -= Math.min(PIECE, left)) {
                    int length = (int) Math.min(PIECE, left);
                    in.readFully(piece, 0, length);
                    crc.update(piece, 0, length);
                }
                if (crc.getValue() != slice.crc32c()) {
                    return List.of(file + " is damaged: bytes " + slice.offset() + " to "
                            + (slice.offset() + slice.bytes()) + " have CRC32C " + crc.getValue()
                            + ", the manifest says " + slice.crc32c());
                }
            }
        }
        return List.of();
    }
}
