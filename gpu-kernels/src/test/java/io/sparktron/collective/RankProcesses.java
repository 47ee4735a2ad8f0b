package io.sparktron.collective;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Ranks as child processes of the test. A child runs {@link RankProcess#main}; its rendezvous goes through its standard output and input, and a
 * line that starts with {@code say} is for the test to read.
 */
final class RankProcesses implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();
    private final List<BlockingQueue<String>> said = new ArrayList<>();

    /** Starts {@code ranks} children that run a program of {@link RankProcess}. */
    static RankProcesses start(IntFunction<Place> places, int ranks, String program, Duration timeLimit)
            throws IOException {
        RankProcesses children = new RankProcesses();
        ThreadRendezvous rendezvous = new ThreadRendezvous(ranks, Duration.ofSeconds(60));
        for (int rank = 0; rank < ranks; rank++) {
            children.add(places.apply(rank), rendezvous.end(rank), program, timeLimit);
        }
        return children;
    }

    private void add(Place place, Rendezvous rendezvous, String program, Duration timeLimit) throws IOException {
        List<String> command = new ArrayList<>(place.launcher());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--") || argument.equals("-XX:+IgnoreUnrecognizedVMOptions"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path"), RankProcess.class.getName()));
        command.addAll(List.of(
                program,
                Integer.toString(rendezvous.rank()),
                Integer.toString(rendezvous.size()),
                timeLimit.toString(),
                place.host().encode(),
                place.address()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        said.add(lines);
        Thread reader = new Thread(() -> serve(process, rendezvous, lines), "child-" + rendezvous.rank());
        reader.setDaemon(true);
        reader.start();
    }

    private static void serve(Process process, Rendezvous rendezvous, BlockingQueue<String> lines) {
        try (BufferedReader output =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                PrintStream input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith("gather ")) {
                    rendezvous.allGather(line.substring(7)).forEach(input::println);
                } else if (line.startsWith("say ")) {
                    lines.add(line.substring(4));
                }
            }
            lines.add("(has ended)");
        } catch (IOException e) {
            lines.add("its output ended with " + e);
        }
    }

    /** The next line that a child says. */
    String next(int rank) throws InterruptedException {
        String line = said.get(rank).poll(40, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("rank " + rank + " says nothing");
        }
        return line;
    }

    /** Ends a child without a chance to clean up (SIGKILL). */
    void kill(int rank) {
        processes.get(rank).destroyForcibly();
    }

    /** Stops a child, which does not end (SIGSTOP). */
    void stop(int rank) throws IOException, InterruptedException {
        long process = processes.get(rank).pid();
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(process))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** Exit status of a child that ends by itself. */
    int exit(int rank) throws InterruptedException {
        if (!processes.get(rank).waitFor(40, TimeUnit.SECONDS)) {
            throw new AssertionError("rank " + rank + " does not end");
        }
        return processes.get(rank).exitValue();
    }

    /** Ends the children that still run. */
    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
