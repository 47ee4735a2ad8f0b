package io.sparktron.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Master or a Worker of a standalone cluster, started from the Spark home that the build assembles, as a child process. */
final class SparkDaemon implements AutoCloseable {
    private static final int LONGEST_START_SECONDS = 120;

    private final Process process;
    private final Path log;

    /**
     * @param name of its log file
     * @param main the daemon's class, then its arguments
     */
    SparkDaemon(Path folder, String name, List<String> main) {
        String home = System.getenv("SPARK_HOME");
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElseThrow(), "-Xmx256m", "-XX:+UseSerialGC"));
        for (String opened : List.of("java.lang", "java.nio", "java.util", "sun.nio.ch")) {
            command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", home + "/jars/*"));
        command.addAll(main);
        this.log = folder.resolve(name + ".log");
        try {
            this.process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException(name + " does not start", e);
        }
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    /** Waits until its log holds what is looked for, and returns its first group. */
    String await(String pattern) throws IOException, InterruptedException {
        Pattern wanted = Pattern.compile(pattern);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS);
        while (true) {
            Matcher found = wanted.matcher(Files.readString(log));
            if (found.find()) {
                return found.group(1);
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException(log + " never said " + pattern + ":\n" + Files.readString(log));
            }
            Thread.sleep(50);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}
