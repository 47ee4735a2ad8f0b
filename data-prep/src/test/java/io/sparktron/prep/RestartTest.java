package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.prep.clean.CleanSettings;
import io.sparktron.prep.quality.QualitySettings;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokens.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a second run does again and what it does not, and that the result is the same. */
class RestartTest {
    private static final List<String> ALL =
            List.of("documents", "measures", "filtered", "exact", "near", "contamination", "fates");

    @TempDir
    Path folder;

    private Corpus corpus;
    private int outputs;

    @BeforeEach
    void corpus() throws IOException {
        corpus = new Corpus(folder);
        Random random = new Random(7);
        for (int i = 0; i < 12; i++) {
            corpus.put(i + ".txt", Corpus.sentence(random, 30 + i));
        }
    }

    @Test
    void doesAgainWhatChangedAndWhatDependsOnIt() throws IOException {
        assertThat(made(settings())).isEqualTo(ALL);
        assertThat(made(settings())).as("nothing changed").isEmpty();
        assertThat(made(settings().sequence(4).seed(3))).as("packing").isEmpty();
        assertThat(made(settings().quality(rules("tokens >= 3"))))
                .as("a threshold")
                .containsExactly("filtered", "exact", "fates");
        assertThat(made(settings().minimumCharacters(7)))
                .as("the shortest text")
                .containsExactly("filtered", "exact", "fates");
        assertThat(made(settings().clean(new CleanSettings(false, false, false, false))))
                .as("cleaning")
                .isEqualTo(ALL);
        assertThat(made(settings().stages(new StageSettings(work(), List.of("filtered")))))
                .as("told to")
                .containsExactly("filtered", "exact", "fates");
        assertThat(made(settings())).as("as at first").isEmpty();
    }

    @Test
    void doesAllAgainForOtherContentOfTheSameLengthAndNothingForATouch() throws IOException {
        made(settings());
        Path file = corpus.file("3.txt");
        String text = Files.readString(file);

        Files.writeString(file, text);
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1_700_000_000_000L));
        assertThat(made(settings())).isEmpty();

        Files.writeString(file, "x" + text.substring(1));
        assertThat(made(settings())).isEqualTo(ALL);
    }

    @Test
    void goesOnWhereAKilledRunEnded() throws IOException {
        SettingsBuilder settings = corpus.settings().validationFraction(0.3);
        Corpus.run(settings);
        TreeMap<String, byte[]> expected = corpus.written();
        // As a kill leaves it: packing has begun, and the last stage is not complete.
        Files.delete(corpus.output().resolve("report.json"));
        Files.delete(corpus.output().resolve("train/manifest.json"));
        Files.writeString(corpus.output().resolve("unfinished.json"), "{}");
        Files.delete(stage(corpus.output().resolve("stages"), "fates").resolve("manifest.json"));

        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrepReport report = run(settings, said);

        assertThat(report.kept()).isFalse();
        assertThat(made(said)).containsExactly("fates");
        assertThat(corpus.written().keySet()).isEqualTo(expected.keySet());
        corpus.written().forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
        assertThat(corpus.output().resolve("unfinished.json")).doesNotExist();
    }

    @Test
    void rewritesACompleteOutputIfAStageIsToBeDoneAgain() throws IOException {
        Corpus.run(corpus.settings());
        SettingsBuilder again = corpus.settings().stages(new StageSettings("", List.of("fates")));

        assertThat(Corpus.run(again).kept()).isFalse();
        assertThat(Corpus.run(corpus.settings()).kept()).isTrue();
        assertThatThrownBy(() -> Corpus.run(again.seed(5)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prep.seed was 1234, is 5");
        assertThatThrownBy(() -> new StageSettings("", List.of("fate")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("prep.restage = fate; legal: " + String.join(", ", StageSettings.NAMES));
    }

    @Test
    void redoesATornStageLoudly() throws IOException {
        made(settings());
        Path documents = stage(Path.of(work()), "documents");
        try (var files = Files.walk(documents)) {
            Files.writeString(
                    files.filter(path -> path.toString().endsWith(".parquet"))
                            .findFirst()
                            .orElseThrow(),
                    "torn");
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        run(settings(), said);

        assertThat(made(said)).containsExactly("documents");
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("warning: file:" + documents + " holds part-");
    }

    private SettingsBuilder settings() {
        return corpus.settings().stages(new StageSettings(work(), List.of())).output(nextOutput());
    }

    private String nextOutput() {
        return folder.resolve("output-" + outputs++).toString();
    }

    private String work() {
        return folder.resolve("work").toString();
    }

    private static QualitySettings rules(String... rules) {
        return new QualitySettings(List.of(), List.of(), List.of(rules));
    }

    /** Stages that a run made, in their order. */
    private static List<String> made(SettingsBuilder settings) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        run(settings, said);
        return made(said);
    }

    private static List<String> made(ByteArrayOutputStream said) {
        return said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.matches("\\S+ +[0-9,]+ rows.* MB in .* s, .* MB/s"))
                .map(line -> line.split(" ")[0])
                .toList();
    }

    private static PrepReport run(SettingsBuilder settings, ByteArrayOutputStream said) throws IOException {
        return Prep.run(
                LocalSpark.session(),
                settings.build(),
                new PrintStream(OutputStream.nullOutputStream()),
                new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private static Path stage(Path work, String name) throws IOException {
        try (var folders = Files.list(work)) {
            return folders.filter(path -> path.getFileName().toString().startsWith(name + "-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
