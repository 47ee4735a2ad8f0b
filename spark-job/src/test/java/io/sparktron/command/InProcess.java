package io.sparktron.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;

/** The main class in the test's own process: quick enough for many calls. */
final class InProcess {
    /** What a call left. */
    record Result(int code, String out, String err) {
        String lastLine() {
            List<String> lines = err.lines().toList();
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        }

        /** Lines that are the one error, which every failed call ends with. */
        long errors() {
            return err.lines().filter(line -> line.startsWith("sparktron: ")).count();
        }
    }

    private InProcess() {}

    /** Calls a command without a master. */
    static Result run(String command, List<String> assignments) {
        return run(new SparkConf(false).set("spark.master", "local[*]"), command, assignments);
    }

    /** Calls a command; every assignment becomes a {@code --set}. */
    static Result run(SparkConf spark, String command, List<String> assignments) {
        List<String> arguments = new ArrayList<>(List.of(command));
        if (JobKeys.DEVICE_KIND.commands().contains(CommandName.named(command))) {
            arguments.addAll(List.of("--set", "device.kind=host")); // this JVM sees pretended GPUs
        }
        assignments.forEach(assignment -> arguments.addAll(List.of("--set", assignment)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Sparktron.run(
                arguments.toArray(String[]::new),
                spark.set("spark.ui.enabled", "false"),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
