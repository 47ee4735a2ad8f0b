package io.sparktron.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The real {@code bin/sparktron}, as a user calls it: in another folder, with the packaged jar. */
public final class Launcher implements AutoCloseable {
    private static final int LONGEST_RUN_SECONDS = 240;

    /** By which this JVM sees GPUs; who wants some in a run puts {@code pretend-gpus} before it. */
    private static final List<String> PRETENDED_GPUS =
            List.of("LD_LIBRARY_PATH", "CUDA_HOME", "SPARKTRON_PRETENDED_GPUS");

    private final Process process;
    private final Path out;
    private final Path err;

    /** What a finished call left. */
    public record Result(int code, String out, String err) {
        public String lastLine() {
            List<String> lines = err.lines().toList();
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }
    }

    private Launcher(Path folder, List<String> before, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(before);
        // A build in the background may have been told to ignore signals, and would hand that on.
        command.addAll(List.of("env", "--default-signal=INT", "--default-signal=TERM"));
        command.add(System.getProperty("sparktron.launcher"));
        command.addAll(arguments);
        out = Files.createTempFile(folder, "out", ".txt");
        err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("SPARK_HOME", "SPARK_SCALA_VERSION", "SPARK_CONF_DIR"));
        builder.environment().keySet().removeAll(PRETENDED_GPUS);
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        process = builder.start();
    }

    public static Launcher start(Path folder, String... arguments) throws IOException {
        return new Launcher(folder, List.of(), List.of(arguments));
    }

    /** As a shell of a terminal starts it: in a process group of its own. */
    public static Launcher startGroup(Path folder, String... arguments) throws IOException {
        return new Launcher(folder, List.of("setsid"), List.of(arguments));
    }

    /** On a machine that has so many pretended GPUs. */
    public static Result runOnGpus(int gpus, Path folder, String... arguments)
            throws IOException, InterruptedException {
        Path pretend = Path.of(System.getProperty("sparktron.launcher"))
                .resolve("../../gpu-kernels/src/test/doubles/pretend-gpus")
                .normalize();
        try (Launcher launcher =
                new Launcher(folder, List.of(pretend.toString(), String.valueOf(gpus)), List.of(arguments))) {
            return launcher.finish();
        }
    }

    public static Result run(Path folder, String... arguments) throws IOException, InterruptedException {
        try (Launcher launcher = start(folder, arguments)) {
            return launcher.finish();
        }
    }

    public Result finish() throws IOException, InterruptedException {
        if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("still running after " + LONGEST_RUN_SECONDS + " s:\n" + said());
        }
        return new Result(process.exitValue(), Files.readString(out), said());
    }

    /**
     * Sends a signal.
     *
     * @param target made from the process number: {@code %d} is the process, {@code -%d} its group
     */
    void signal(String name, String target) throws IOException, InterruptedException {
        String to = String.format(Locale.ROOT, target, process.pid());
        int code = new ProcessBuilder("kill", "-" + name, "--", to)
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("kill -" + name + " " + to + " failed: " + code);
        }
    }

    /** Waits until a condition holds, which the run is expected to reach. */
    public void await(Predicate<Launcher> condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_RUN_SECONDS);
        while (!condition.test(this)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the run did not come to what the test waits for:\n" + said());
            }
            Thread.sleep(50);
        }
    }

    /** Executor processes that this run has started. */
    public List<ProcessHandle> executors() {
        return process.descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .toList();
    }

    /** Its process id: the launcher's script becomes the driver. */
    public long process() {
        return process.pid();
    }

    /** What it has said until now. */
    public String err() throws IOException {
        return said();
    }

    private String said() throws IOException {
        return Files.readString(err);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
