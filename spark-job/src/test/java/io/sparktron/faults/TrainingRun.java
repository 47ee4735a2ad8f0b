package io.sparktron.faults;

import io.sparktron.command.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A {@code pretrain} command on a cluster, as a user calls it. */
public final class TrainingRun implements AutoCloseable {
    private final Path folder;
    private final String name;
    private final Cluster cluster;
    private final List<String> command;
    private final Set<ProcessHandle> seen = new HashSet<>();
    private Launcher launcher;

    /**
     * Starts it.
     *
     * @param folder in which the command is called
     * @param name of the run folder inside it
     * @param settings as key=value
     */
    TrainingRun(Path folder, String name, Cluster cluster, List<String> settings) throws IOException {
        this.folder = folder;
        this.name = name;
        this.cluster = cluster;
        this.command = new ArrayList<>(List.of("--master", cluster.master()));
        command.addAll(cluster.options());
        command.addAll(List.of("pretrain", "--set", "run.dir=" + name));
        settings.forEach(setting -> command.addAll(List.of("--set", setting)));
        start();
    }

    /** Calls the same command again, after the one before has ended, with some settings changed. */
    void start(String... changed) throws IOException {
        Stream.of(changed).forEach(setting -> command.addAll(List.of("--set", setting)));
        launcher = Launcher.start(folder, command.toArray(String[]::new));
    }

    /** The run folder. */
    Path path() {
        return folder.resolve(name);
    }

    /** Calls the same command beside this run, and waits for its end. */
    Launcher.Result callAgain() throws IOException, InterruptedException {
        return Launcher.run(folder, command.toArray(String[]::new));
    }

    /** What a test does to a file. */
    interface Change {
        void to(Path file) throws IOException;
    }

    /** Changes a file of the newest complete checkpoint; a save may come in between, and then it is the newest of a moment ago. */
    Path inNewestCheckpoint(String ending, Change change) throws IOException {
        try (Stream<Path> manifests =
                Files.find(path().resolve("checkpoints"), 2, (file, attributes) -> file.endsWith("manifest.json"))) {
            Path newest = manifests.max(Comparator.naturalOrder()).orElseThrow().getParent();
            try (Stream<Path> files = Files.list(newest)) {
                Path file = files.filter(each -> each.toString().endsWith(ending))
                        .min(Comparator.naturalOrder())
                        .orElseThrow();
                change.to(file);
                return file;
            }
        }
    }

    /** How often all ranks were ready since the command was called last. */
    int starts() {
        return saidNow(launcher).split("ranks ready", -1).length - 1;
    }

    /** Waits until all ranks have been ready more often than before. */
    void awaitStart(int before) throws IOException, InterruptedException {
        launcher.await(running -> starts() > before);
    }

    /** Waits until the driver has written the metrics of a step. */
    void awaitStep(long step) throws IOException, InterruptedException {
        launcher.await(running -> steps() >= step);
    }

    private long steps() {
        try (Stream<String> lines = Files.lines(path().resolve("metrics.jsonl"))) {
            return lines.count();
        } catch (IOException notYet) {
            return 0;
        }
    }

    ProcessHandle driver() {
        return ProcessHandle.of(launcher.process()).orElseThrow();
    }

    /** The executors that live now. */
    List<ProcessHandle> executors() {
        List<ProcessHandle> executors = cluster.executors(launcher);
        seen.addAll(executors);
        return executors;
    }

    ProcessHandle anyExecutor(RandomGenerator random) {
        List<ProcessHandle> executors = executors();
        return executors.get(random.nextInt(executors.size()));
    }

    Cluster cluster() {
        return cluster;
    }

    /** What it has said until now. */
    String said() throws IOException {
        return launcher.err();
    }

    void await(String said) throws IOException, InterruptedException {
        launcher.await(running -> saidNow(running).contains(said));
    }

    private static String saidNow(Launcher running) {
        try {
            return running.err();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for its end. */
    Launcher.Result finish() throws IOException, InterruptedException {
        return launcher.finish();
    }

    Curve curve() throws IOException {
        return Curve.of(path());
    }

    /** Executors whose driver was killed are nobody's children, and stopped ones end only by force. */
    @Override
    public void close() {
        executors();
        seen.forEach(ProcessHandle::destroyForcibly);
        launcher.close();
    }
}
