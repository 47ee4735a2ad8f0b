package io.sparktron.run;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.storage.Permission;
import io.sparktron.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The folder of a run. Nothing is created before something is written. */
public final class RunFolder {
    private final String path;
    private final Configuration hadoop;

    private RunFolder(String path, Configuration hadoop) {
        this.path = path;
        this.hadoop = hadoop;
    }

    public static RunFolder open(String path, Configuration hadoop) throws IOException {
        return new RunFolder(Storage.qualify(path, hadoop), hadoop);
    }

    /** The folder, qualified, so that it means the same on every machine that shares the file system. */
    public String path() {
        return path;
    }

    /**
     * The newest complete checkpoint.
     *
     * @throws io.sparktron.tokens.InvalidInputException if its manifest is damaged
     */
    public Optional<Checkpoint> newestCheckpoint() throws IOException {
        return Checkpoint.newest(path, hadoop);
    }

    /** The folders of all complete checkpoints, damaged or not, newest first. */
    public List<String> completeCheckpoints() throws IOException {
        return Checkpoint.complete(path, hadoop);
    }

    /** The content of {@code run.json}, if there is one. */
    public Optional<String> readRunJson() throws IOException {
        try {
            return Optional.of(new String(Storage.read(new Path(path, "run.json"), hadoop), StandardCharsets.UTF_8));
        } catch (FileNotFoundException none) {
            return Optional.empty();
        }
    }

    /**
     * Takes the folder, and makes it where there is none: one driver writes it at a time.
     *
     * @param progress receives lines for people
     * @throws io.sparktron.tokens.InvalidInputException if another driver holds it
     */
    public RunLease take(Consumer<String> progress) throws IOException {
        Storage.makeFolder("run.dir", new Path(path), hadoop);
        return RunLease.take(path, hadoop, LeaseTimes.STANDARD, progress);
    }

    /** The driver that holds the folder now, as far as this one can see: it has shown a sign of life and has not ended. */
    public Optional<String> holder() throws IOException {
        LeaseFiles leases = new LeaseFiles(path, hadoop);
        Optional<LeaseFiles.Seen> seen = leases.look(leases.last());
        boolean recent = seen.isPresent()
                && System.currentTimeMillis() - seen.get().modified()
                        < LeaseTimes.STANDARD.stale().toMillis();
        return recent
                ? seen.get()
                        .holder()
                        .filter(holder -> !holder.released() && !holder.gone())
                        .map(LeaseHolder::toString)
                : Optional.empty();
    }

    /** Replaces {@code run.json} in one step. */
    public void writeRunJson(String json, Permission permission) {
        try {
            permission.require();
            Storage.replace(new Path(path, "run.json"), json.getBytes(StandardCharsets.UTF_8), hadoop);
        } catch (IOException e) {
            throw new UncheckedIOException("run.json of " + path + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** The metrics up to {@code step}, ready for the steps that follow. */
    public MetricsLog openMetrics(long step, Permission permission, Consumer<String> progress) throws IOException {
        Storage.makeFolder("run.dir", new Path(path), hadoop);
        return MetricsLog.open(path, step, hadoop, permission, progress);
    }
}
