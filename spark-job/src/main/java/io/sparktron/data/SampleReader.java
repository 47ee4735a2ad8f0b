package io.sparktron.data;

import io.sparktron.storage.BlockListener;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Samples of a token dataset by number. They are decoded in blocks of consecutive samples, and as many blocks are kept as the sample order mixes
 * in one window: 64 x 256 x (s + 1) x 4 bytes at most for GPT (67 MB at s = 1024), twice that for BERT, whose samples may have labels. So every epoch decodes each block once. Where row groups are not
 * blocks, memory stays the same: one row group is held encoded. Only a later epoch then reads a row group again for each of its
 * blocks, so large row groups make it slow.
 *
 * <p>Files are checked as {@link WholeFiles} says when they are opened, rows when they are read. One file is open at a time. One thread reads.
 */
public final class SampleReader implements AutoCloseable {
    private static final int BLOCK = SampleWriter.ROW_GROUP_SAMPLES;

    private final TokenDataset dataset;
    private final Configuration hadoop;
    private final BlockListener listener;
    private final int count; // of values of a sample
    private final LinkedHashMap<Long, int[]> blocks = new LinkedHashMap<>(16, 0.75f, true); // by last use
    private int openNumber;
    private SampleFile open;

    public SampleReader(TokenDataset dataset, Configuration hadoop) {
        this(dataset, hadoop, BlockListener.NONE);
    }

    /**
     * @param listener hears of each block of a file that was read
     */
    SampleReader(TokenDataset dataset, Configuration hadoop, BlockListener listener) {
        this.dataset = dataset;
        this.listener = listener;
        this.hadoop = hadoop;
        this.count = dataset.values();
    }

    /** The most that one reader of a dataset keeps on the Java heap, bytes. */
    public static long mostBytes(TokenDataset dataset) {
        long samples = Math.min(dataset.samples(), (long) SampleOrder.WINDOW * BLOCK);
        return samples * dataset.values() * Integer.BYTES;
    }

    /**
     * Copies a sample.
     *
     * @param values receives {@link TokenDataset#values} values from {@code offset} on: for GPT, s + 1 ids
     * @throws InvalidInputException naming the file if it is missing or torn or does not hold what the manifest says
     * @throws IOException naming the file if the file system fails
     */
    public void read(long sample, int[] values, int offset) throws IOException {
        if (sample < 0 || sample >= dataset.samples()) {
            throw new IndexOutOfBoundsException(
                    "sample " + sample + " of " + dataset.folder() + "; legal: 0 to " + (dataset.samples() - 1));
        }
        int[] block = block(sample / BLOCK);
        System.arraycopy(block, (int) (sample % BLOCK) * count, values, offset, count);
    }

    /** A sample of a BERT dataset, as {@link #read} reads it. */
    public BertSample bert(long sample) throws IOException {
        int[] values = new int[count];
        read(sample, values, 0);
        return BertValues.sample(values, 0, dataset.sequence());
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    /** Samples {@code number * BLOCK} and following: [BLOCK, values of a sample]. */
    private int[] block(long number) throws IOException {
        int[] block = blocks.get(number);
        if (block == null) {
            block = room();
            try {
                decode(number, block);
            } catch (IOException | RuntimeException e) {
                closeAfter(e); // where the file stands is unknown
                throw e;
            }
            blocks.put(number, block);
        }
        return block;
    }

    private void closeAfter(Exception error) {
        try {
            close();
        } catch (IOException e) {
            error.addSuppressed(e);
        }
    }

    /** The array of the block used longest ago, once there are enough. */
    private int[] room() {
        if (blocks.size() < SampleOrder.WINDOW) {
            int rows = (int) Math.min(BLOCK, dataset.samples());
            return new int[Math.multiplyExact(rows, count)];
        }
        var eldest = blocks.values().iterator();
        int[] room = eldest.next();
        eldest.remove();
        return room;
    }

    private void decode(long number, int[] values) throws IOException {
        long first = number * BLOCK;
        long end = Math.min(first + BLOCK, dataset.samples());
        int fileNumber = fileOf(first);
        for (long sample = first; sample < end; fileNumber++) {
            Manifest.DataFile file = dataset.manifest().files().get(fileNumber);
            int rows = (int) (Math.min(end, file.firstSample() + file.samples()) - sample);
            if (rows > 0) {
                file(fileNumber).read(sample - file.firstSample(), rows, values, (int) (sample - first) * count);
            }
            sample += rows;
        }
    }

    private SampleFile file(int number) throws IOException {
        if (open == null || openNumber != number) {
            close();
            open = SampleFile.open(dataset, dataset.manifest().files().get(number), hadoop, listener);
            openNumber = number;
        }
        return open;
    }

    /** Index of the file that holds a sample: the last of those that start at or before it. */
    private int fileOf(long sample) {
        List<Manifest.DataFile> all = dataset.manifest().files();
        int low = 0;
        int high = all.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (all.get(middle).firstSample() <= sample) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
