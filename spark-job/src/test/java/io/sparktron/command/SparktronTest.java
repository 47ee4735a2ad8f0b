package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong settings end with exit code 2 and one line that says what would be right, before Spark starts. */
class SparktronTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private SparkConf spark;

    @BeforeEach
    void noMaster() {
        spark = new SparkConf(false).set("spark.master", "local[*]");
    }

    private int run(String... arguments) {
        return Sparktron.run(
                arguments,
                spark,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String line(String start) {
        return err.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElse("");
    }

    private String lastLine() {
        List<String> lines = err.toString(StandardCharsets.UTF_8).lines().toList();
        return lines.get(lines.size() - 1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            parralel.tensor=2          | unknown key parralel.tensor (--set); the nearest known key is parallel.tensor
            stepps=3                   | unknown key stepps (--set); the nearest known key is train.steps
            train.lr.warmup=3          | the nearest known key is train.lr.warmup-steps
            model.layers=twelve        | model.layers = twelve (--set), must be: integer of at least 1
            model.layers=0             | model.layers = 0 (--set), must be: integer of at least 1
            train.steps=1.5            | train.steps = 1.5 (--set), must be: integer of at least 1
            train.lr.peak=fast         | train.lr.peak = fast (--set), must be: number
            train.lr.decay=cosinus     | train.lr.decay = cosinus (--set), must be: constant or linear or cosine or inverse-square-root or wsd
            device.kind=tpu            | device.kind = tpu (--set), must be: auto or host
            train.beta1=1              | train.beta1 = 1.0, must be at least 0 and less than 1
            train.lr.min=1             | train.lr.min = 1.0, must be from 0 to train.lr.peak
            model.heads=6              | parallel.tensor = 4 does not divide model.heads = 6
            train.global-batch=10      | train.global-batch = 10 is not a multiple of parallel.data x train.micro-batch = 2 x 4
            train.validate-every=5     | train.validate-every = 5, must be 0 where data.validation is not set
            steps                      | --set steps: must be key=value
            data.train=                | data.train =  (--set), must be: path
            """)
    void refusesAWrongSetting(String assignment, String message) {
        int code = run(
                "pretrain",
                "--set",
                "run.dir=" + folder.resolve("run"),
                "--set",
                "data.train=" + folder.resolve("none"),
                "--set",
                "train.steps=5",
                "--set",
                "parallel.tensor=4",
                "--set",
                "parallel.data=2",
                "--set",
                assignment);
        assertThat(lastLine()).startsWith("sparktron: ").contains(message);
        assertThat(code).isEqualTo(2);
        assertThat(folder.resolve("run")).doesNotExist();
        assertThat(out.size()).isZero();
    }

    @Test
    void namesAKeyThatIsMissing() {
        assertThat(run("pretrain", "--set", "run.dir=x")).isEqualTo(2);
        assertThat(lastLine()).contains("train.steps is not set");
        assertThat(run("evaluate", "--set", "data.validation=x")).isEqualTo(2);
        assertThat(lastLine()).contains("checkpoint is not set");
        assertThat(run("prep")).isEqualTo(2);
        assertThat(lastLine()).contains("prep.input is not set");
    }

    @Test
    void refusesAnUnknownCommand() {
        assertThat(run("pretrian")).isEqualTo(2);
        assertThat(lastLine()).contains("no command pretrian").contains("pretrain");
        assertThat(run("pretrain", "--sett", "a=b")).isEqualTo(2);
        assertThat(lastLine()).contains("--sett");
        assertThat(run("help", "pretrian")).isEqualTo(2);
    }

    @Test
    void refusesAFileThatIsMissingOrBroken() throws Exception {
        Path file = folder.resolve("broken.conf");
        assertThat(run("pretrain", "--config", file.toString())).isEqualTo(2);
        assertThat(lastLine()).contains(file.toString()).contains("no such file");
        Files.writeString(file, "train { steps = 3");
        assertThat(run("pretrain", "--config", file.toString())).isEqualTo(2);
        assertThat(lastLine()).contains(file + " is not legal HOCON: line 1: ");
        Files.writeString(file, "train.stepps = 3");
        assertThat(run("pretrain", "--config", file.toString())).isEqualTo(2);
        assertThat(lastLine())
                .contains("unknown key train.stepps (" + file + ")")
                .contains("train.steps");
    }

    @Test
    void saysWhichAssignmentsACommandDoesNotRead() throws Exception {
        Path shared = Files.writeString(folder.resolve("shared.conf"), "train.seed = 3");
        assertThat(run("evaluate", "--config", shared.toString(), "--set", "run.dir=x"))
                .isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("warning: evaluate does not read run.dir (--set)")
                .doesNotContain("train.seed");
    }

    @Test
    void refusesAMasterWithTooFewSlots() {
        spark.set("spark.master", "local-cluster[2,1,512]");
        int code = run(
                "pretrain",
                "--set",
                "run.dir=" + folder.resolve("run"),
                "--set",
                "data.train=none",
                "--set",
                "train.steps=5",
                "--set",
                "parallel.tensor=4");
        assertThat(code).isEqualTo(2);
        assertThat(line("sparktron: slots: "))
                .contains("4 ranks")
                .contains("local-cluster[2,1,512]")
                .contains("at most 2 slots");
    }

    @Test
    void refusesDynamicAllocation() {
        spark.set("spark.dynamicAllocation.enabled", "true");
        int code = run("pretrain", "--set", "run.dir=x", "--set", "data.train=y", "--set", "train.steps=5");
        assertThat(code).isEqualTo(2);
        assertThat(line("sparktron: allocation: ")).contains("spark.dynamicAllocation.enabled = true, must be false");
    }

    @Test
    void helpListsEveryKeyOfACommandWithUnitAndDefault() {
        assertThat(run("help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("quickstart", "prep", "pretrain", "evaluate", "generate");
        out.reset();
        assertThat(run("help", "pretrain")).isZero();
        String help = out.toString(StandardCharsets.UTF_8);
        for (Key<?> key : Keys.all()) {
            if (key.commands().contains(CommandName.PRETRAIN)) {
                assertThat(help)
                        .contains("  " + key.name() + " = " + key.shownDefault() + "\n")
                        .contains(key.unit());
            } else {
                assertThat(help).doesNotContain("  " + key.name() + " =");
            }
        }
        out.reset();
        assertThat(run("pretrain", "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(help);
    }
}
