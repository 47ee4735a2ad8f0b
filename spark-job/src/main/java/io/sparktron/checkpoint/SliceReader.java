package io.sparktron.checkpoint;

import io.sparktron.checkpoint.CheckpointManifest.LogicalTensor;
import io.sparktron.checkpoint.CheckpointManifest.Slice;
import io.sparktron.parallel.Box;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.InvalidInputException;
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
    private final Map<String, FSDataInputStream> files = new HashMap<>();
    private final byte[] piece = new byte[PIECE];

    SliceReader(Path folder, Configuration hadoop, Queue queue) {
        this.folder = folder;
        this.hadoop = hadoop;
        this.queue = queue;
    }

    /** Fills the target from all slices that it touches. */
    void load(LogicalTensor tensor, NamedTensor target) throws IOException {
        for (Slice slice : tensor.slices()) {
            if (slice.box().intersection(target.box()).elements() > 0) {
                copy(tensor.name(), slice, target);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (FSDataInputStream file : files.values()) {
            file.close();
        }
    }

    private void copy(String name, Slice slice, NamedTensor target) throws IOException {
        FSDataInputStream in = open(name, slice);
        in.seek(slice.offset());
        Tensor flat = target.local().view(target.local().elements());
        ContiguousRuns runs = new ContiguousRuns(slice.box(), target.box());
        CRC32C crc = new CRC32C();
        for (long first = 0; first < slice.bytes(); first += PIECE) {
            int length = (int) Math.min(PIECE, slice.bytes() - first);
            in.readFully(piece, 0, length);
            crc.update(piece, 0, length);
            write(runs, first / Float.BYTES, length / Float.BYTES, flat);
        }
        if (crc.getValue() != slice.crc32c()) {
            throw new InvalidInputException(new Path(folder, slice.file()) + " is damaged: tensor " + name + ", bytes "
                    + slice.offset() + " to " + (slice.offset() + slice.bytes()) + ", has CRC32C " + crc.getValue()
                    + ", the manifest says " + slice.crc32c());
        }
    }

    /** Writes what of the runs lies in elements {@code first ... first + count - 1} of the slice, which {@code piece} holds. */
    private void write(ContiguousRuns runs, long first, int count, Tensor flat) {
        for (; runs.hasRun() && runs.source() < first + count; runs.advance()) {
            long from = Math.max(first, runs.source());
            long to = Math.min(first + count, runs.source() + runs.length());
            long at = runs.target() + from - runs.source();
            ByteBuffer bytes =
                    ByteBuffer.wrap(piece, (int) (from - first) * Float.BYTES, (int) (to - from) * Float.BYTES);
            queue.write(bytes, flat.rows(at, to - from));
            if (to < runs.source() + runs.length()) {
                return; // the next piece goes on with this run
            }
        }
    }

    private FSDataInputStream open(String name, Slice slice) throws IOException {
        FSDataInputStream open = files.get(slice.file());
        if (open != null) {
            return open;
        }
        Path path = new Path(folder, slice.file());
        long length = Storage.of(path, hadoop).getFileStatus(path).getLen();
        if (length < slice.offset() + slice.bytes()) {
            throw new InvalidInputException(path + " is torn: it has " + length + " bytes, but tensor " + name
                    + " ends at byte " + (slice.offset() + slice.bytes()));
        }
        FSDataInputStream in = Storage.of(path, hadoop).open(path);
        files.put(slice.file(), in);
        return in;
    }

    /**
     * The intersection of two boxes as runs of elements that are contiguous in both, in row-major order: each with its first element's index inside either box.
     */
    static final class ContiguousRuns {
        private final Box source;
        private final Box target;
        private final Box common;
        private final int inner; // dimensions from here on belong to a run
        private final long length;
        private final long[] index;
        private boolean more;

        ContiguousRuns(Box source, Box target) {
            this.source = source;
            this.target = target;
            this.common = source.intersection(target);
            int dimension = common.extent().length - 1;
            while (dimension > 0 && isWhole(dimension)) {
                dimension--;
            }
            this.inner = dimension;
            long elements = 1;
            for (int i = inner; i < common.extent().length; i++) {
                elements *= common.extent()[i];
            }
            this.length = elements;
            this.index = common.start().clone();
            this.more = common.elements() > 0;
        }

        boolean hasRun() {
            return more;
        }

        long length() {
            return length;
        }

        long source() {
            return flat(source);
        }

        long target() {
            return flat(target);
        }

        void advance() {
            for (int i = inner - 1; i >= 0; i--) {
                if (++index[i] < common.start()[i] + common.extent()[i]) {
                    return;
                }
                index[i] = common.start()[i];
            }
            more = false;
        }

        private boolean isWhole(int dimension) {
            return common.extent()[dimension] == source.extent()[dimension]
                    && common.extent()[dimension] == target.extent()[dimension];
        }

        private long flat(Box box) {
            long flat = 0;
            for (int i = 0; i < index.length; i++) {
                flat = flat * box.extent()[i] + index[i] - box.start()[i];
            }
            return flat;
        }
    }
}
