package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointManifest.LogicalTensor;
import io.sparktron.checkpoint.CheckpointManifest.Slice;
import io.sparktron.storage.Storage;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;

/** Streams one rank's tensors into one safetensors file. */
final class ShardWriter {
    /** Elements that are copied to the host at once (4 MB). */
    private static final int PIECE = 1 << 20;

    /** Elements after which what was written is flushed to disk (64 MB): one flush of a whole shard could take longer than peers wait. */
    private static final long FLUSH = 16L * PIECE;

    private final TensorSource source;
    private long unflushed;
    private final ByteBuffer buffer = ByteBuffer.allocate(PIECE * Float.BYTES);

    ShardWriter(TensorSource source) {
        this.source = source;
    }

    /**
     * Writes all of a file and closes it. What fails is not closed where to close is to publish: an object store never shows a part of a shard.
     *
     * @param out the file, just created
     * @return where everything lies in it
     */
    CheckpointManifest.Shard writeAll(
            Path file, FSDataOutputStream out, List<NamedTensor> tensors, Configuration hadoop) throws IOException {
        CheckpointManifest.Shard shard;
        try {
            shard = write(file.getName(), out, tensors);
        } catch (IOException | RuntimeException e) {
            try {
                Storage.abandon(file, out, hadoop);
            } catch (IOException rest) {
                e.addSuppressed(rest);
            }
            throw e;
        }
        out.close();
        return shard;
    }

    /** Writes all of a file and flushes it to disk. */
    private CheckpointManifest.Shard write(String file, FSDataOutputStream out, List<NamedTensor> tensors)
            throws IOException {
        Map<String, Safetensors.Entry> entries = new LinkedHashMap<>();
        List<Long> offsets = new ArrayList<>(); // from the end of the header
        long end = 0;
        for (NamedTensor tensor : tensors) {
            tensor.local().expect(tensor.name(), DType.FLOAT32);
            long bytes = tensor.local().bytes();
            entries.put(nameIn(entries, tensor), new Safetensors.Entry("F32", tensor.shape(), end, bytes));
            offsets.add(end);
            end += bytes;
        }
        byte[] header = Safetensors.header(entries);
        List<LogicalTensor> written = new ArrayList<>();
        out.write(header);
        for (int i = 0; i < tensors.size(); i++) {
            NamedTensor tensor = tensors.get(i);
            long crc = copy(tensor.local(), out);
            Slice slice = new Slice(
                    tensor.box().start(),
                    tensor.box().extent(),
                    tensor.first(),
                    tensor.local().elements(),
                    file,
                    header.length + offsets.get(i),
                    tensor.local().bytes(),
                    crc);
            written.add(new LogicalTensor(tensor.name(), tensor.global().toArray(), List.of(slice)));
        }
        out.hsync();
        return new CheckpointManifest.Shard(written);
    }

    /** Names in a file are unique: a further part of a tensor is told from its first one by where it starts. */
    private static String nameIn(Map<String, Safetensors.Entry> entries, NamedTensor tensor) {
        return entries.containsKey(tensor.name())
                ? tensor.name() + "@" + Arrays.toString(tensor.box().start()) + "+" + tensor.first()
                : tensor.name();
    }

    private long copy(Tensor tensor, FSDataOutputStream out) throws IOException {
        CRC32C crc = new CRC32C();
        Tensor flat = tensor.view(tensor.elements());
        for (long first = 0; first < flat.elements(); first += PIECE) {
            Tensor piece = flat.rows(first, Math.min(PIECE, flat.elements() - first));
            buffer.clear();
            source.read(piece, buffer);
            crc.update(buffer.array(), 0, (int) piece.bytes());
            out.write(buffer.array(), 0, (int) piece.bytes());
            unflushed += piece.elements();
            if (unflushed >= FLUSH) {
                out.hsync();
                unflushed = 0;
            }
        }
        return crc.getValue();
    }
}
