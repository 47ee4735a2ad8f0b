package io.sparktron.command;

import java.io.PrintStream;
import java.util.List;

/** What {@code help} prints, and the README's configuration table: both from {@link Keys}. */
final class Help {
    private Help() {}

    static void overview(PrintStream out) {
        out.println("Pretrains GPT models on Apache Spark with tensor and data parallelism.");
        out.println();
        out.println("sparktron [spark-submit options] COMMAND [--config FILE]... [--set key=value]...");
        out.println();
        for (CommandName command : CommandName.values()) {
            out.printf("  %-11s %s%n", command, command.does());
        }
        out.printf("  %-11s %s%n", "help", "this page; `help COMMAND` lists every key that COMMAND reads");
        out.println();
        out.println("Results go to standard output, everything else to standard error.");
        out.println("Exit code: 0 done; 2 wrong configuration or input, nothing written; 1 anything else.");
    }

    static void command(CommandName command, PrintStream out) {
        out.println("sparktron [spark-submit options] " + command + " [--config FILE]... [--set key=value]...");
        out.println();
        out.println(command + ": " + command.does() + ".");
        out.println();
        out.println("Keys, in a HOCON file after --config or one by one after --set; a later value wins:");
        for (Key<?> key : keys(command)) {
            String unit = key.unit().isEmpty() ? "" : ", in " + key.unit();
            out.println();
            out.println("  " + key.name() + " = " + key.shownDefault());
            out.println("      " + key.description() + " (" + key.type().legal() + unit + ")");
        }
    }

    private static List<Key<?>> keys(CommandName command) {
        return Keys.all().stream()
                .filter(key -> key.commands().contains(command))
                .toList();
    }

    /** The README's table: one Markdown row for each key. */
    static String markdown() {
        StringBuilder table =
                new StringBuilder("| key | default | unit | what it sets | commands |\n|---|---|---|---|---|\n");
        for (Key<?> key : Keys.all()) {
            String commands = String.join(
                    ", ", key.commands().stream().map(CommandName::toString).toList());
            table.append("| `" + key.name() + "` | " + key.shownDefault() + " | " + key.unit() + " | "
                    + key.description() + " | " + commands + " |\n");
        }
        return table.toString();
    }
}
