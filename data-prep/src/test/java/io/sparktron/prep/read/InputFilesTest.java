package io.sparktron.prep.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of several sources, their order and numbers. */
class InputFilesTest {
    @TempDir
    java.nio.file.Path folder;

    @Test
    void filesAreInOrderOfSourceThenPath() throws IOException {
        put("z/b.txt")
                .put("z/a.jsonl")
                .put("z/_hidden")
                .put("z/.deep/x")
                .put("a/c.dat")
                .put("a/d.txt");

        List<InputFile> files = list(
                source("late", "z"), // first in the settings
                new SourceSettings("early", List.of(path("a/c.dat")), InputFormat.JSONL, "body", 2.0, 1));

        assertThat(files).extracting(InputFile::path).containsExactly(uri("z/a.jsonl"), uri("z/b.txt"), uri("a/c.dat"));
        assertThat(files).extracting(InputFile::source).containsExactly(0, 0, 1);
        assertThat(files).extracting(InputFile::number).containsExactly(0, 1, 2);
        assertThat(files)
                .extracting(InputFile::format)
                .containsExactly(InputFormat.JSONL, InputFormat.TEXT, InputFormat.JSONL);
    }

    @Test
    void aFileNamedTwiceIsReadOnceAndNeverInTwoSources() throws IOException {
        put("a/b.txt").put("a/c.txt");

        assertThat(list(SourceSettings.of("one", List.of(path("a"), path("a/b.txt"), path("a/*")))))
                .hasSize(2);
        assertRefused(
                () -> list(source("one", "a"), source("two", "a/b.txt")),
                "prep.sources[two].input holds " + uri("a/b.txt") + ", as does prep.sources[one].input; legal: ");
    }

    @Test
    void saysWhichSourceNamesNothing() throws IOException {
        put("a/b.txt").put("hidden/_b.txt");

        assertRefused(() -> list(source("one", "a"), source("two", "none")), "prep.sources[two].input " + path("none"));
        assertRefused(() -> list(source("two", "hidden")), "prep.sources[two].input " + path("hidden") + " holds no");
        assertRefused(() -> list(source(SourceSettings.ONLY, "none")), "prep.input " + path("none") + " names nothing");
        assertRefused(() -> list(source("two", "output")), "prep.output ");
    }

    @Test
    void refusesFilesThatHaveNoIds() throws IOException {
        put("a/b.txt").put("a/c.txt");
        assertRefused(
                () -> InputFiles.list(List.of(source("one", "a")), new Configuration(), output(), 1),
                "brings the files over 1; legal: ");

        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve("a/b.txt").toFile(), "rw")) {
            sparse.setLength((1L << 40) + 1);
        }
        assertRefused(() -> list(source("one", "a")), "a/b.txt holds 1099511627777 bytes; legal: at most 2^40");
    }

    @Test
    void idsFollowFileAndPlace() {
        InputFile first = file(0);
        InputFile last = file(InputFile.MOST_FILES - 1);

        assertThat(first.id(0)).isZero();
        assertThat(first.id(InputFile.PLACES - 1)).isEqualTo((1L << 40) - 1);
        assertThat(file(3).id(5)).isEqualTo((3L << 40) + 5);
        assertThat(last.id(InputFile.PLACES - 1)).isEqualTo(Long.MAX_VALUE);
        assertRefused(() -> first.id(InputFile.PLACES), "a holds a document at place 1099511627776; legal: below 2^40");
    }

    @Test
    void settingsOfASourceNameTheirKeys() {
        List<String> in = List.of("in");
        assertRefused(() -> SourceSettings.of("a", List.of()), "prep.sources[a].input = []; legal: at least one");
        assertRefused(() -> SourceSettings.of(SourceSettings.ONLY, List.of(" ")), "prep.input = [ ]; legal: ");
        assertRefused(() -> SourceSettings.of("a b", in), "prep.sources: name = a b; legal: ");
        assertRefused(
                () -> new SourceSettings("a", in, InputFormat.AUTO, "", 1.0, 0),
                "prep.sources[a].text-field = ; legal: ");
        assertRefused(
                () -> new SourceSettings("a", in, InputFormat.AUTO, "t", 0.0, 0), "prep.sources[a].weight = 0.0;");
        assertRefused(
                () -> new SourceSettings("a", in, InputFormat.AUTO, "t", Double.NaN, 0),
                "prep.sources[a].weight = NaN;");
        assertRefused(
                () -> new SourceSettings("a", in, InputFormat.AUTO, "t", null, -1), "prep.sources[a].priority = -1;");
    }

    @Test
    void thePathOfALocationIsTheFiles() {
        for (InputFormat format : InputFormat.values()) {
            InputFile file = new InputFile(0, 0, "file:/a b/c row 5.x", format, "text", 1, 0);
            assertThat(InputFile.pathOf(file.location(1234))).as("%s", format).isEqualTo(file.path());
        }
    }

    private static InputFile file(int number) {
        return new InputFile(number, 0, "a", InputFormat.JSONL, "text", 1, 0);
    }

    private List<InputFile> list(SourceSettings... sources) throws IOException {
        return InputFiles.list(List.of(sources), new Configuration(), output());
    }

    private Path output() throws IOException {
        Path output = new Path(folder.resolve("output/below").toUri());
        return output.getFileSystem(new Configuration()).makeQualified(output);
    }

    private InputFilesTest put(String name) throws IOException {
        java.nio.file.Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createDirectories(folder.resolve("output"));
        Files.writeString(file, name);
        return this;
    }

    private SourceSettings source(String name, String input) {
        return SourceSettings.of(name, List.of(path(input)));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private String uri(String name) {
        return "file:" + path(name);
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(InvalidInputException.class)
                .message()
                .contains(message)
                .doesNotContain("\n");
    }
}
