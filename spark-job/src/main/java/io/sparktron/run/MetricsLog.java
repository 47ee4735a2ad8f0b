package io.sparktron.run;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.storage.Permission;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The file {@code metrics.jsonl}, a line a step. When it is opened it is rewritten to hold exactly the steps before the first one to come: later ones belong to an
 * attempt that was lost, and missing ones are in the checkpoints' manifests. From then on a line is in the file as soon as its step is reported, or, on an object
 * store, at the next checkpoint and at least once a minute. A line that cannot be written, as on a full disk, hinders nothing: it is kept and written when there is room.
 */
public final class MetricsLog implements AutoCloseable {
    /** How long lines wait where adding one is to write all again. */
    private static final Duration REWRITE_EVERY = Duration.ofMinutes(1);
    /** How long after a failure the next try comes. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final Path file;
    private final LineFile lines;
    private final Permission permission;
    private final Consumer<String> progress;
    private final Duration retryAfter;
    private final List<String> waiting = new ArrayList<>();
    private Elapsed sinceTry = new Elapsed();
    private boolean failing;

    private MetricsLog(
            Path file, LineFile lines, Permission permission, Duration retryAfter, Consumer<String> progress) {
        this.file = file;
        this.lines = lines;
        this.permission = permission;
        this.retryAfter = retryAfter;
        this.progress = progress;
    }

    static MetricsLog open(
            String runFolder, long step, Configuration hadoop, Permission permission, Consumer<String> progress)
            throws IOException {
        return open(runFolder, step, hadoop, permission, RETRY_AFTER, progress);
    }

    static MetricsLog open(
            String runFolder,
            long step,
            Configuration hadoop,
            Permission permission,
            Duration retryAfter,
            Consumer<String> progress)
            throws IOException {
        Path file = new Path(runFolder, "metrics.jsonl");
        SortedMap<Long, String> lines = read(file, hadoop).headMap(step + 1);
        if (lines.size() < step) {
            complete(lines, step, runFolder, hadoop);
        }
        byte[] kept = text(lines.values());
        permission.require();
        Storage.replace(file, kept, hadoop);
        LineFile open = Storage.growsFiles(file, hadoop)
                ? new AppendedLines(file, kept.length, hadoop)
                : new RewrittenLines(file, kept, hadoop);
        return new MetricsLog(file, open, permission, retryAfter, progress);
    }

    /**
     * The steps that a run folder's file tells of, in order; none where there is no file.
     *
     * @throws InvalidInputException if a line is not one of ours
     */
    public static List<StepMetrics> steps(String runFolder, Configuration hadoop) throws IOException {
        return read(new Path(runFolder, "metrics.jsonl"), hadoop).values().stream()
                .map(StepMetrics::parse)
                .toList();
    }

    /** Takes the line of the next step. */
    public void append(StepMetrics step) {
        waiting.add(step.toJson());
        boolean atOnce = lines.cheap() && !failing;
        if (atOnce || sinceTry.longerThan(failing ? retryAfter : REWRITE_EVERY)) {
            write();
        }
    }

    /** Writes what has not been written yet: a checkpoint was saved. */
    public void flush() {
        if (!waiting.isEmpty()) {
            write();
        }
    }

    /** Writes what waits; where that cannot be, it stays in the manifests of the checkpoints. */
    @Override
    public void close() {
        try (lines) {
            flush();
        } catch (IOException e) {
            progress.accept("warning: " + file + " cannot be closed: " + e.getMessage());
        }
        if (!waiting.isEmpty()) {
            progress.accept("warning: the last " + waiting.size() + " lines of " + file
                    + " could not be written; those of saved steps are in the manifests of the checkpoints");
        }
    }

    private void write() {
        sinceTry = new Elapsed();
        try {
            permission.require();
            lines.add(waiting);
        } catch (IOException e) {
            if (!failing) {
                progress.accept("warning: " + file + " cannot be written, training goes on and keeps its lines: "
                        + e.getMessage());
            }
            failing = true;
            return;
        }
        if (failing) {
            progress.accept(file + " can be written again: " + waiting.size() + " lines were kept");
        }
        failing = false;
        waiting.clear();
    }

    static byte[] text(Collection<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Lines by step. What follows the last line break was cut short when its writer died. */
    static SortedMap<Long, String> read(Path file, Configuration hadoop) throws IOException {
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
