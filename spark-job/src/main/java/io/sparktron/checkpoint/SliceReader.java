package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointManifest.LogicalTensor;
import io.sparktron.checkpoint.CheckpointManifest.Range;
import io.sparktron.checkpoint.CheckpointManifest.Slice;
import io.sparktron.storage.BlockListener;
import io.sparktron.storage.Storage;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Copies parts of slices to where a rank wants them. A slice is read once from end to end, in pieces, so that its checksum can be verified. */
final class SliceReader implements AutoCloseable {
    /** Bytes that are read at once. */
    private static final int PIECE = 1 << 22;

    private final Path folder;
    private final Configuration hadoop;
    private final Queue queue;
    private final BlockListener listener;
    private final Map<String, OpenFile> files = new HashMap<>();
    private final byte[] piece = new byte[PIECE];

    SliceReader(Path folder, Configuration hadoop, Queue queue, BlockListener listener) {
        this.folder = folder;
        this.hadoop = hadoop;
        this.queue = queue;
        this.listener = listener;
    }

    /** Fills the target from all slices that it touches. */
    void load(LogicalTensor tensor, NamedTensor target) throws IOException {
        target.local().expect(target.name(), DType.FLOAT32);
        Range wanted = new Range(target.box(), target.first(), target.local().elements());
        for (Slice slice : tensor.slices()) {
            if (slice.range().touches(wanted)) {
                copy(tensor.name(), slice, target);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (OpenFile file : files.values()) {
            file.in.close();
        }
    }

    private void copy(String name, Slice slice, NamedTensor target) throws IOException {
        OpenFile file = open(name, slice);
        FSDataInputStream in = file.in;
        in.seek(slice.offset());
        ContiguousRuns runs = new ContiguousRuns(slice.box(), target.box());
        CRC32C crc = new CRC32C();
        for (long first = 0; first < slice.bytes(); first += PIECE) {
            int length = (int) Math.min(PIECE, slice.bytes() - first);
            in.readFully(piece, 0, length);
            crc.update(piece, 0, length);
            write(runs, slice.first() + first / Float.BYTES, length / Float.BYTES, target);
        }
        if (crc.getValue() != slice.crc32c()) {
            throw new InvalidInputException(file.path + " is damaged: tensor " + name + ", bytes "
                    + slice.offset() + " to " + (slice.offset() + slice.bytes()) + ", has CRC32C " + crc.getValue()
                    + ", the manifest says " + slice.crc32c());
        }
    }

    /** Writes what of the runs lies in the target and in elements {@code first ... first + count - 1} of the slice's box, which {@code piece} holds. */
    private void write(ContiguousRuns runs, long first, int count, NamedTensor target) {
        Tensor flat = target.local().view(target.local().elements());
        for (; runs.hasRun() && runs.source() < first + count; runs.advance()) {
            long shift = runs.target() - target.first() - runs.source(); // from the slice's box to the target
            long end = runs.source() + runs.length();
            long from = Math.max(Math.max(first, runs.source()), -shift);
            long to = Math.min(Math.min(first + count, end), flat.elements() - shift);
            if (from < to) {
                ByteBuffer bytes =
                        ByteBuffer.wrap(piece, (int) (from - first) * Float.BYTES, (int) (to - from) * Float.BYTES);
                queue.write(bytes, flat.rows(from + shift, to - from));
            }
            if (first + count < end) {
                return; // the next piece goes on with this run
            }
        }
    }

    private OpenFile open(String name, Slice slice) throws IOException {
        OpenFile file = files.get(slice.file());
        if (file == null) {
            Path path = new Path(folder, slice.file());
            try {
                long length = Storage.of(path, hadoop).getFileStatus(path).getLen();
                file = new OpenFile(path, length, Storage.open(path, hadoop, listener));
            } catch (FileNotFoundException e) {
                throw new InvalidInputException(path + " is missing: it holds tensor " + name, e);
            }
            files.put(slice.file(), file);
        }
        if (file.length < slice.offset() + slice.bytes()) {
            throw new InvalidInputException(file.path + " is torn: it has " + file.length + " bytes, but tensor " + name
                    + " ends at byte " + (slice.offset() + slice.bytes()));
        }
        return file;
    }

    private record OpenFile(Path path, long length, FSDataInputStream in) {}
}
