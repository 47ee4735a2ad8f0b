package io.sparktron.prep.read;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What one reader call takes: a whole file, or the lines of a plain JSON lines file that begin in [start, end).
 *
 * @param file where
 * @param start first byte
 * @param end byte after the last; {@link Long#MAX_VALUE} for a compressed file, whose length is not known
 */
public record Source(InputFile file, long start, long end) implements Serializable {
    private static final long SMALLEST_SLICE = 1 << 20;
    private static final long LARGEST_SLICE = 64 << 20;
    /** What opening a file costs, in bytes read, so that many small files spread over tasks. */
    private static final long OPENING = 64 << 10;

    /**
     * Cuts text and JSON lines files into work for tasks of about equal size. How they are cut changes no result.
     *
     * @param parallelism tasks that can run at once
     */
    public static List<List<Source>> tasks(List<InputFile> files, int parallelism) {
        long bytes = files.stream().mapToLong(file -> file.bytes() + OPENING).sum();
        long slice = Math.min(LARGEST_SLICE, Math.max(SMALLEST_SLICE, bytes / (4L * parallelism)));
        List<List<Source>> tasks = new ArrayList<>();
        List<Source> task = new ArrayList<>();
        long filled = 0;
        for (InputFile file : files) {
            for (Source source : slices(file, slice)) {
                task.add(source);
                filled += OPENING + Math.min(source.end, file.bytes()) - source.start;
                if (filled >= slice) {
                    tasks.add(task);
                    task = new ArrayList<>();
                    filled = 0;
                }
            }
        }
        if (!task.isEmpty()) {
            tasks.add(task);
        }
        return tasks;
    }

    private static List<Source> slices(InputFile file, long slice) {
        if (file.format() != InputFormat.JSONL || Compression.isCompressed(file.path())) {
            return List.of(new Source(file, 0, Long.MAX_VALUE));
        }
        List<Source> slices = new ArrayList<>();
        for (long start = 0; start < file.bytes(); start += slice) {
            slices.add(new Source(file, start, Math.min(start + slice, file.bytes())));
        }
        return slices;
    }
}
