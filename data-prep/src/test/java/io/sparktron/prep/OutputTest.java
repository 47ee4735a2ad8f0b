package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When an output is kept, when it is refused, and that nothing half-written is ever taken for complete. */
class OutputTest {
    @TempDir
    Path folder;

    private Corpus corpus;

    @BeforeEach
    void corpus() throws IOException {
        corpus = new Corpus(folder);
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            corpus.put(i + ".txt", Corpus.sentence(random, 100));
        }
    }

    @AfterEach
    void nothingIsForbidden() {
        FailingFileSystem.forbidden = "";
    }

    @Test
    void keepsACompleteOutput() throws IOException {
        SettingsBuilder settings = corpus.settings().validationFraction(0.3);
        PrepReport first = Corpus.run(settings);
        Map<Path, FileTime> times = times();

        PrepReport second = Corpus.run(settings);

        assertThat(first.kept()).isFalse();
        assertThat(second).isEqualTo(first.asKept());
        assertThat(times()).isEqualTo(times);
        assertThat(corpus.written().keySet())
                .containsExactly(
                        "report.html",
                        "report.json",
                        "train/manifest.json",
                        "train/part-00000.parquet",
                        "validation/manifest.json",
                        "validation/part-00000.parquet");
    }

    @Test
    void refusesTheOutputOfOtherSettings() throws IOException {
        Corpus.run(corpus.settings());

        assertRefused(corpus.settings().sequence(9), "prep.sequence was 8, is 9");
        assertRefused(corpus.settings().seed(2), "prep.seed was 1234, is 2");
    }

    @Test
    void refusesTheOutputOfOtherInput() throws IOException {
        Corpus.run(corpus.settings());
        corpus.put("20.txt", "One more document");

        assertRefused(corpus.settings(), "20 files of ");

        Files.delete(corpus.file("20.txt"));
        assertThat(Corpus.run(corpus.settings()).kept()).isTrue();
        Files.writeString(corpus.file("3.txt"), " and more", StandardOpenOption.APPEND);
        assertRefused(corpus.settings(), "they changed");
    }

    @Test
    void refusesAnOutputThatCannotBeMade() throws IOException {
        Files.writeString(corpus.output(), "a file");
        Path below = corpus.output().resolve("tokens");
        SettingsBuilder settings = new SettingsBuilder(List.of(corpus.input().toString()), below.toString())
                .sequence(8)
                .validationFraction(0);

        assertRefused(settings, "prep.output = file:" + below + " is a file or lies below one");
        assertThat(corpus.output()).hasContent("a file");
    }

    @Test
    void refusesADamagedOutput() throws IOException {
        Corpus.run(corpus.settings());
        Path part = corpus.output().resolve("train/part-00000.parquet");
        byte[] bytes = Files.readAllBytes(part);

        Files.write(part, new byte[] {1}, StandardOpenOption.TRUNCATE_EXISTING);
        assertRefused(corpus.settings(), "has 1 bytes instead of " + bytes.length);
        Files.delete(part);
        assertRefused(corpus.settings(), "part-00000.parquet is missing");
        Files.delete(corpus.output().resolve("train/manifest.json"));
        assertRefused(corpus.settings(), "it has no manifest.json");
        Files.delete(corpus.output().resolve("report.json"));
        assertRefused(corpus.settings(), "no report.json");
    }

    @Test
    void refusesAFolderOfSomethingElse() throws IOException {
        Files.createDirectories(corpus.output());
        Files.writeString(corpus.output().resolve("thesis.tex"), "years of work");
        assertRefused(corpus.settings(), "is not empty");
        Files.writeString(corpus.output().resolve("report.json"), "{\"mine\": 1}");
        assertRefused(corpus.settings(), "is no report of prep");
        Files.writeString(corpus.output().resolve("report.json"), "not JSON");
        assertRefused(corpus.settings(), "is no report of prep");
        assertThat(corpus.output().resolve("thesis.tex")).hasContent("years of work");
    }

    @Test
    void refusesAFile() throws IOException {
        Files.writeString(corpus.output(), "a file");

        assertRefused(corpus.settings(), "is a file");
    }

    @Test
    void writesIntoAnEmptyFolder() throws IOException {
        Files.createDirectories(corpus.output());

        assertThat(Corpus.run(corpus.settings()).kept()).isFalse();
    }

    @Test
    void writesTheSameToAnotherFileSystemAndLeavesNothingWhereAWriteFails() throws IOException {
        Configuration hadoop = LocalSpark.session().sparkContext().hadoopConfiguration();
        FailingFileSystem.register(hadoop);
        SettingsBuilder local = corpus.settings().validationFraction(0.3);
        Corpus.run(local);
        TreeMap<String, byte[]> expected = corpus.written();
        SettingsBuilder other = corpus.settings()
                .validationFraction(0.3)
                .output(FailingFileSystem.SCHEME + "://" + folder.resolve("other"));

        for (String name : List.of("part-00000.parquet", "manifest.json", "report.json")) {
            FailingFileSystem.forbidden = name;
            assertThatThrownBy(() -> Corpus.run(other)).hasStackTraceContaining("No space left for");
            assertThat(names(folder.resolve("other"))).as(name).containsExactly("stages");
        }
        FailingFileSystem.forbidden = "";
        Corpus.run(other);

        try (Stream<Path> paths = Files.walk(folder.resolve("other"))) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                String name = folder.resolve("other").relativize(path).toString();
                if (name.startsWith("stages/") || name.startsWith("ledger/")) {
                    continue;
                }
                assertThat(Files.readAllBytes(path)).as(name).isEqualTo(expected.remove(name));
            }
        }
        assertThat(expected).isEmpty();
    }

    @Test
    void refusesInputThatIsMissingOrEmpty() throws IOException {
        String input = corpus.input().toString();
        Files.createDirectories(folder.resolve("empty"));

        assertRefused(with(folder + "/nowhere"), "prep.input " + folder + "/nowhere names nothing");
        assertRefused(with(input + "/*.md"), "*.md names nothing");
        assertRefused(with(folder + "/empty"), "holds no file");
        assertRefused(with("nosuchscheme://a/b"), "nosuchscheme");
        assertThat(corpus.output()).doesNotExist();
    }

    @Test
    void refusesAnOutputInsideTheInput() {
        assertRefused(
                new SettingsBuilder(List.of(folder.toString()), corpus.output().toString()), "lies inside prep.input");
        assertRefused(
                new SettingsBuilder(
                        List.of(corpus.input() + "/1.txt"), corpus.input().toString()),
                "lies inside prep.output");
    }

    @Test
    void refusesACorpusWithoutAUsableDocument() throws IOException {
        assertRefused(
                corpus.settings().minimumCharacters(1_000_000),
                "holds no usable document (20 too-short such as file:" + corpus.input() + "/0.txt)");
        corpus.put("empty.jsonl", "\n\n");
        assertRefused(with(corpus.input() + "/empty.jsonl"), "no document at all");
        assertThat(corpus.holdsOnlyStages()).isTrue();
    }

    @Test
    void refusesASplitWithoutASample() throws IOException {
        assertRefused(corpus.settings().sequence(100_000), "a sample needs 100001");
        assertRefused(corpus.settings().validationFraction(1e-9), "The validation split has 0 tokens of 0 documents");
        assertThat(corpus.holdsOnlyStages()).isTrue();
    }

    @Test
    void printsAReadableTable() throws IOException {
        corpus.put("short.txt", "abc").put("copy.txt", Files.readString(corpus.file("1.txt")));

        String table = Corpus.printed(corpus.settings());

        assertThat(table.lines().map(line -> line.split(" +")[0]).filter(word -> !word.isEmpty() && !word.equals("-")))
                .containsExactly("read", "train", "wrote");
        assertThat(table)
                .containsPattern("read +22 ")
                .containsPattern("- too-short +1 +3   under prep.minimum-characters, as file:.*/short.txt\n")
                .containsPattern("- duplicate +1 +\\d+   same text as another one, as file:.*/copy.txt\n");
        assertThat(Corpus.printed(corpus.settings())).isEqualTo(table.replace("wrote ", "kept "));
    }

    private SettingsBuilder with(String input) {
        return new SettingsBuilder(List.of(input), corpus.output().toString());
    }

    private void assertRefused(SettingsBuilder settings, String part) {
        assertThatThrownBy(() -> Corpus.run(settings))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(part)
                .message()
                .contains("legal:")
                .doesNotContain("\n");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }

    private Map<Path, FileTime> times() throws IOException {
        try (Stream<Path> paths = Files.walk(corpus.output())) {
            return paths.filter(Files::isRegularFile).collect(Collectors.toMap(path -> path, OutputTest::time));
        }
    }

    private static FileTime time(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
