package io.sparktron.data;

import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * Samples of a token dataset by number. Row groups are read whole and kept while {@value #CACHED_IDS} ids are not exceeded: enough for a window of the sample
 * order. One thread reads.
 */
public final class SampleReader implements AutoCloseable {
    /** Ids that are kept at most (64 MB), if more than one row group is. */
    private static final long CACHED_IDS = 1L << 24;

    private final TokenDataset dataset;
    private final Configuration hadoop;
    private final Map<Integer, SampleFile> files = new HashMap<>();
    private final LinkedHashMap<RowGroup, int[]> cache = new LinkedHashMap<>(16, 0.75f, true); // by last use
    private long cachedIds;

    private record RowGroup(int file, int group) {}

    public SampleReader(TokenDataset dataset, Configuration hadoop) {
        this.dataset = dataset;
        this.hadoop = hadoop;
    }

    /**
     * Copies the ids of a sample.
     *
     * @param ids receives s + 1 ids from {@code offset} on
     * @throws InvalidInputException naming the file if it is missing or torn or does not hold what the manifest says
     */
    public void read(long sample, int[] ids, int offset) throws IOException {
        int number = fileOf(sample);
        SampleFile file = file(number);
        long row = sample - dataset.manifest().files().get(number).firstSample();
        int group = file.groupOf(row);
        int[] rows = rows(file, new RowGroup(number, group));
        int length = dataset.sequence() + 1;
        int first = (int) (row - file.firstRow(group)) * length;
        System.arraycopy(rows, first, ids, offset, length);
    }

    @Override
    public void close() throws IOException {
        for (SampleFile file : files.values()) {
            file.close();
        }
    }

    private int[] rows(SampleFile file, RowGroup key) throws IOException {
        int[] cached = cache.get(key);
        if (cached != null) {
            return cached;
        }
        int[] rows = file.read(key.group());
        cache.put(key, rows);
        cachedIds += rows.length;
        var eldest = cache.entrySet().iterator();
        while (cachedIds > CACHED_IDS && cache.size() > 1) {
            cachedIds -= eldest.next().getValue().length;
            eldest.remove();
        }
        return rows;
    }

    private SampleFile file(int number) throws IOException {
        SampleFile file = files.get(number);
        if (file == null) {
            file = SampleFile.open(dataset, dataset.manifest().files().get(number), hadoop);
            files.put(number, file);
        }
        return file;
    }

    /** Index of the file that holds a sample. */
    private int fileOf(long sample) {
        if (sample < 0 || sample >= dataset.samples()) {
            throw new IndexOutOfBoundsException(
                    "sample " + sample + " of " + dataset.folder() + ", which has " + dataset.samples());
        }
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
