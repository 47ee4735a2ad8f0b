package io.sparktron.command;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of every command: {@code --config} and {@code --set}, taken in the order in which they stand on the command line. */
@Command
final class Given {
    private final Settings settings = new Settings();

    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON; may be repeated, later ones win")
    void config(Path file) {
        settings.addFile(file);
    }

    @Option(names = "--set", paramLabel = "key=value", description = "one setting; may be repeated, later ones win")
    void set(String assignment) {
        settings.addAssignment(assignment);
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "every key of this command")
    private boolean help;

    Settings settings() {
        return settings;
    }
}
