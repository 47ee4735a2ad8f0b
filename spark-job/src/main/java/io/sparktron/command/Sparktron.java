package io.sparktron.command;

import io.sparktron.preflight.NotReadyException;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.SlotsMissingException;
import io.sparktron.run.LeaseLostException;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;

/** The one main class, for spark-submit and for {@code bin/sparktron}. */
public final class Sparktron {
    private static final Logger LOG = LoggerFactory.getLogger(Sparktron.class);

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG_INPUT = 2;

    private Sparktron() {}

    public static void main(String[] arguments) {
        System.setProperty(
                "sparktron.command", String.join(" ", arguments)); // for those who find the run folder in use
        int code = run(arguments, new SparkConf(), System.out, System.err);
        System.out.flush();
        System.exit(code);
    }

    /**
     * @param spark settings from spark-submit and its files
     * @return the exit code
     */
    static int run(String[] arguments, SparkConf spark, PrintStream out, PrintStream err) {
        try {
            ParseResult given = parse(arguments);
            ParseResult command = given.hasSubcommand() ? given.subcommand() : given;
            if (command.commandSpec().userObject() instanceof Given settings && !command.isUsageHelpRequested()) {
                CommandName name = CommandName.named(command.commandSpec().name());
                return run(name, settings.settings(), new Cluster(spark), out, err);
            }
            help(command, out);
            return DONE;
        } catch (Exception | Error failure) {
            return explain(failure, err);
        }
    }

    private static ParseResult parse(String[] arguments) {
        CommandLine parser = new CommandLine(new Overview());
        parser.addSubcommand("help", new HelpCommand());
        for (CommandName command : CommandName.values()) {
            parser.addSubcommand(command.toString(), new Given());
        }
        if (arguments.length > 0
                && !arguments[0].startsWith("-")
                && !parser.getSubcommands().containsKey(arguments[0])) {
            CommandName.named(arguments[0]);
        }
        return parser.setOverwrittenOptionsAllowed(true).parseArgs(arguments);
    }

    /** What stands on the command line without a command. */
    @Command(name = "sparktron")
    private static final class Overview {
        @Option(
                names = {"-h", "--help"},
                usageHelp = true)
        private boolean help;
    }

    @Command(name = "help")
    private static final class HelpCommand {
        @Parameters(arity = "0..1", paramLabel = "COMMAND")
        private String command;
    }

    private static void help(ParseResult parsed, PrintStream out) {
        Object asked = parsed.commandSpec().userObject();
        if (asked instanceof Given) {
            Help.command(CommandName.named(parsed.commandSpec().name()), out);
        } else if (asked instanceof HelpCommand help && help.command != null) {
            Help.command(CommandName.named(help.command), out);
        } else {
            Help.overview(out);
        }
    }

    private static int run(CommandName command, Settings settings, Cluster cluster, PrintStream out, PrintStream err)
            throws IOException {
        for (String key : settings.unread(command)) {
            err.println("warning: " + command + " does not read " + key + " (--set); `sparktron help " + command
                    + "` lists what it reads");
        }
        Commands commands = new Commands(cluster, out, err);
        switch (command) {
            case QUICKSTART -> commands.quickstart(settings);
            case PREP -> commands.prep(settings);
            case PRETRAIN -> commands.pretrain(settings);
            case PREFLIGHT -> {
                return commands.preflight(settings);
            }
            case GPU_CHECK -> {
                return commands.gpuCheck(settings);
            }
            case EVALUATE -> commands.evaluate(settings);
            case GENERATE -> commands.generate(settings);
            case CONVERT -> commands.convert(settings);
            case INSPECT -> commands.inspect(settings);
            case PLAN -> commands.plan(settings);
        }
        return DONE;
    }

    /** One line for people; the log has the rest. */
    private static int explain(Throwable failure, PrintStream err) {
        LOG.warn("failed", failure);
        if (failure instanceof NotReadyException notReady) {
            notReady.report().problems().forEach(problem -> err.println("sparktron: " + problem));
            return notReady.report().exitCode();
        }
        Optional<InvalidInputException> wrong = Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(InvalidInputException.class::isInstance)
                .map(InvalidInputException.class::cast)
                .findFirst();
        if (failure instanceof RankFailedException) {
            err.println("sparktron: " + oneLine(failure.getMessage()) + (wrong.isPresent() ? "" : whereTheLogIs()));
        } else if (wrong.isPresent()) {
            err.println("sparktron: " + oneLine(wrong.get().getMessage()));
        } else if (failure instanceof ParameterException) {
            err.println("sparktron: " + oneLine(failure.getMessage()) + "; `sparktron help` shows how to call it");
            return WRONG_INPUT;
        } else {
            boolean speaks = failure instanceof SlotsMissingException || failure instanceof LeaseLostException;
            err.println("sparktron: " + oneLine(speaks ? failure.getMessage() : firstLine(failure)) + whereTheLogIs());
        }
        return wrong.isPresent() ? WRONG_INPUT : FAILED;
    }

    /** Of what others throw, further lines are often stack traces. */
    private static String firstLine(Throwable failure) {
        return failure.toString().lines().findFirst().orElse("");
    }

    private static String oneLine(String text) {
        return String.valueOf(text).strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String whereTheLogIs() {
        String log = System.getProperty("sparktron.log");
        return log == null ? "" : " (log: " + log + ")";
    }
}
