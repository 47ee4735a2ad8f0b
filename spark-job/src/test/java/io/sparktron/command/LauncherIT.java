package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users do and what goes wrong for them, through the real launcher and executor processes, in a folder whose name has a blank. */
class LauncherIT {
    private static final String EXECUTORS = "local-cluster[2,1,512]";

    /** So many that a run is far from its end when its first checkpoint is seen. */
    private static final int KILLED_STEPS = 150;

    @TempDir
    static Path temporary;

    private static Path folder;

    /** A tiny quick start: its dataset and its run serve the other tests. */
    @BeforeAll
    static void quickstart() throws Exception {
        folder = Files.createDirectory(temporary.resolve("a folder"));
        Launcher.Result result = Launcher.run(folder, quickstartArguments());
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err())
                .contains("[1/5", "[2/5", "[3/5", "[4/5", "[5/5")
                .contains("master local-cluster[4,1,1024]")
                .contains("Everything is in " + folder.resolve("quick start"));
        List<String> results = result.out().lines().toList();
        assertThat(results.get(0)).matches("\\{\"loss\": [0-9.]+, \"perplexity\": [0-9.]+, \"targets\": [0-9]+}");
        assertThat(results.get(1)).startsWith("The people");
        assertThat(metrics("quick start/run")).hasSize(6);
    }

    private static String[] quickstartArguments() {
        return new String[] {
            "quickstart",
            "--set",
            "run.dir=quick start",
            "--set",
            "train.steps=6",
            "--set",
            "prep.sequence=16",
            "--set",
            "model.layers=1",
            "--set",
            "model.hidden=16",
            "--set",
            "model.heads=2",
            "--set",
            "generate.prompt=The people",
            "--set",
            "generate.max-tokens=4"
        };
    }

    @Test
    void aSecondQuickStartKeepsWhatIsThere() throws Exception {
        Path newest = newestCheckpoint("quick start/run");
        var written = Files.getLastModifiedTime(newest);
        Launcher.Result result = Launcher.run(folder, quickstartArguments());
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err()).contains("already finished");
        assertThat(Files.getLastModifiedTime(newest)).isEqualTo(written);
        assertThat(metrics("quick start/run")).hasSize(6);
    }

    /** One comparison for two promises: a resumed run is the undisturbed one, and executors compute what threads do, bit for bit. */
    @Test
    void aKilledExecutorEndsTheRunAndTheSameCommandGoesOnToTheBitsOfThreads() throws Exception {
        String[] command = pretrain(
                "killed", EXECUTORS, KILLED_STEPS, "--set", "train.checkpoint-every=10", "--set", "job.retries=0");
        try (Launcher launcher = Launcher.start(folder, command)) {
            launcher.await(running -> hasCheckpoint("killed"));
            List<ProcessHandle> executors = launcher.executors();
            assertThat(executors).hasSize(2);
            executors.get(1).destroyForcibly();
            Launcher.Result result = launcher.finish();
            assertThat(result.code()).as(result.err()).isEqualTo(1);
            assertThat(result.lastLine())
                    .startsWith("sparktron: after step ")
                    .contains(": rank ")
                    .contains("process " + executors.get(1).pid())
                    .contains("was lost");
            assertThat(executors).allSatisfy(executor -> executor.onExit().get());
        }
        assertThat(metrics("killed").size()).isLessThan(KILLED_STEPS);
        Launcher.Result again = Launcher.run(folder, command);
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.err()).contains("goes on after step ");
        assertThat(metrics("killed")).hasSize(KILLED_STEPS);

        assertThat(Launcher.run(folder, pretrain("threads", "local[2]", KILLED_STEPS))
                        .code())
                .isZero();
        assertThat(losses("killed")).isEqualTo(losses("threads"));
    }

    @Test
    void wrongInputIsToldInOneLineAndNothingIsWritten() throws Exception {
        refused(
                "evaluate",
                "nowhere",
                "--set",
                "checkpoint=nowhere",
                "--set",
                "data.validation=" + tokens("validation"));
        refused("evaluate", "nowhere", "--set", "checkpoint=quick start/run", "--set", "data.validation=nowhere");
        refused("generate", "nowhere", "--set", "checkpoint=nowhere");
        refused("pretrain", "nowhere", "--set", "run.dir=new", "--set", "data.train=nowhere", "--set", "train.steps=3");
        refused("pretrain", "parallel.tensor = 3", pretrainOf("new", "--set", "parallel.tensor=3"));
        refused("prep", "nowhere", "--set", "prep.input=nowhere", "--set", "prep.output=new");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void aCorpusWithoutAUsableDocumentIsRefused() throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("short"));
        Files.writeString(corpus.resolve("a.txt"), "too short");
        refused("prep", "short", "--set", "prep.input=short", "--set", "prep.output=none");
        assertThat(folder.resolve("none").resolve("train")).doesNotExist();
    }

    @Test
    void anOutputThatHoldsSomethingElseIsNotOverwritten() throws Exception {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Path precious = Files.writeString(taken.resolve("precious.txt"), "mine");
        refused("prep", "taken", "--set", "prep.input=quick start/corpus", "--set", "prep.output=taken");
        assertThat(precious).hasContent("mine");
        try (Stream<Path> files = Files.list(taken)) {
            assertThat(files).containsExactly(precious);
        }
    }

    @Test
    void anUnfitSparkHomeIsRefused() throws Exception {
        assertThat(refusedByTheScript(Map.of("SPARK_HOME", folder.toString()), "help"))
                .contains("SPARK_HOME = " + folder)
                .contains("holds no Spark 4 for Scala 2.13");
    }

    @Test
    void aMasterThatSparkCannotReadIsRefused() throws Exception {
        assertThat(refusedByTheScript(Map.of(), "--master", "spark:/host", "help"))
                .isEqualToIgnoringNewLines("sparktron: --master = spark:/host, must be local[N], "
                        + "local-cluster[N,CORES,MEMORY], spark://HOST:PORT, k8s://URL or yarn");
        assertThat(refusedByTheScript(Map.of(), "--master=", "help")).contains("--master = , must be");
    }

    @Test
    void aPromptOutsideAsciiSurvivesThePlainLocale() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                System.getProperty("sparktron.launcher"),
                "generate",
                "--set",
                "checkpoint=quick start/run",
                "--set",
                "generate.prompt=Größe 日本",
                "--set",
                "generate.max-tokens=1");
        builder.environment().put("LC_ALL", "C");
        Process process = builder.directory(folder.toFile())
                .redirectError(folder.resolve("locale.txt").toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(Files.readString(folder.resolve("locale.txt")))
                .isZero();
        assertThat(said).startsWith("Größe 日本");
    }

    private static String refusedByTheScript(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("sparktron.launcher")));
        Collections.addAll(command, arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process refused = builder.redirectErrorStream(true).start();
        String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(refused.waitFor()).as(said).isEqualTo(2);
        return said;
    }

    private void refused(String command, String named, String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(command));
        Collections.addAll(arguments, settings);
        Launcher.Result result = Launcher.run(folder, arguments.toArray(String[]::new));
        assertThat(result.lastLine()).startsWith("sparktron: ").contains(named);
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.err()).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    private String[] pretrain(String run, String master, int steps, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--master", master, "pretrain"));
        Collections.addAll(arguments, pretrainOf(run, "--set", "parallel.tensor=2", "--set", "train.steps=" + steps));
        Collections.addAll(arguments, more);
        return arguments.toArray(String[]::new);
    }

    private String[] pretrainOf(String run, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "--set", "run.dir=" + run,
                "--set", "data.train=" + tokens("train"),
                "--set", "model.layers=1",
                "--set", "model.hidden=16",
                "--set", "model.heads=2",
                "--set", "device.threads=1",
                "--set", "train.steps=3"));
        Collections.addAll(settings, more);
        return settings.toArray(String[]::new);
    }

    private String tokens(String split) {
        return "quick start/tokens/" + split;
    }

    private static List<String> metrics(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl"));
    }

    /** The loss of each step as it stands in the file: its digits read back to the same bits. */
    private List<String> losses(String run) throws IOException {
        return metrics(run).stream()
                .map(line -> line.replaceAll(".*\"loss\"\\s*:\\s*([^,}]+).*", "$1"))
                .toList();
    }

    private boolean hasCheckpoint(String run) {
        try {
            return Files.exists(newestCheckpoint(run).resolve("manifest.json"));
        } catch (IOException notYet) {
            return false;
        }
    }

    private Path newestCheckpoint(String run) throws IOException {
        try (Stream<Path> steps = Files.list(folder.resolve(run).resolve("checkpoints"))) {
            return steps.filter(step -> Files.exists(step.resolve("manifest.json")))
                    .max(Path::compareTo)
                    .orElseThrow(() -> new IOException("no checkpoint"));
        }
    }
}
