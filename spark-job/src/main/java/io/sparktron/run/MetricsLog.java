package io.sparktron.run;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.storage.Permission;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The file {@code metrics.jsonl}, a line a step. When it is opened it is rewritten to hold exactly the steps before the first one to come: later ones belong to an
 * attempt that was lost, and missing ones are in the checkpoints' manifests.
 */
public final class MetricsLog implements AutoCloseable {
    private final Path file;
    private final FSDataOutputStream out;
    private final Permission permission;

    private MetricsLog(Path file, FSDataOutputStream out, Permission permission) {
        this.file = file;
        this.out = out;
        this.permission = permission;
    }

    static MetricsLog open(String runFolder, long step, Configuration hadoop, Permission permission)
            throws IOException {
        Path file = new Path(runFolder, "metrics.jsonl");
        SortedMap<Long, String> lines = existing(file, hadoop).headMap(step + 1);
        if (lines.size() < step) {
            complete(lines, step, runFolder, hadoop);
        }
        StringBuilder kept = new StringBuilder();
        lines.values().forEach(line -> kept.append(line).append('\n'));
        Storage.replace(file, kept.toString().getBytes(StandardCharsets.UTF_8), hadoop);
        FileSystem files = Storage.of(file, hadoop);
        try {
            return new MetricsLog(file, Storage.append(file, hadoop), permission);
        } catch (UnsupportedOperationException e) {
            throw new InvalidInputException(
                    "run.dir = " + runFolder + ": " + files.getScheme()
                            + " cannot append to metrics.jsonl; legal: a path of file: or hdfs:",
                    e);
        }
    }

    /** Writes a line and flushes it. */
    public void append(StepMetrics step) {
        try {
            permission.require();
            out.write((step.toJson() + "\n").getBytes(StandardCharsets.UTF_8));
            out.hflush();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** Lines by step. What follows the last line break was cut short when its writer died. */
    private static SortedMap<Long, String> existing(Path file, Configuration hadoop) throws IOException {
        String text;
        try {
            text = new String(Storage.read(file, hadoop), StandardCharsets.UTF_8);
        } catch (FileNotFoundException none) {
            text = "";
        }
        SortedMap<Long, String> lines = new TreeMap<>();
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        whole.lines().forEach(line -> lines.put(step(line, file.toString()), line));
        return lines;
    }

    /** Adds missing lines up to {@code step} from the manifests. */
    private static void complete(SortedMap<Long, String> lines, long step, String runFolder, Configuration hadoop)
            throws IOException {
        for (Checkpoint checkpoint : Checkpoint.upTo(step, runFolder, hadoop)) {
            for (String line : checkpoint.metadata().metrics()) {
                lines.putIfAbsent(step(line, checkpoint.folder()), line);
            }
        }
    }

    private static long step(String line, String where) {
        try {
            long step = StepMetrics.parse(line).step();
            if (step < 1) {
                throw new IllegalArgumentException("step " + step + " is not at least 1");
            }
            return step;
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(where + " holds a line that is no step's: " + line, e);
        }
    }
}
