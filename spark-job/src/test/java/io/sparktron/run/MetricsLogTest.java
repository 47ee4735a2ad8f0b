package io.sparktron.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.CheckpointWriter;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.GptConfig;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.storage.Permission;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("metrics.jsonl");
    }

    @Test
    void aLineIsThereAsSoonAsItIsAppended() throws IOException {
        try (MetricsLog log = open(0)) {
            log.append(step(1, "now"));
            assertThat(file).hasContent(lines("now", 1, 1));
            log.append(step(2, "now"));
            assertThat(file).hasContent(lines("now", 1, 2));
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void stepsAfterTheResumedOneBelongToALostAttempt() throws IOException {
        Files.writeString(file, lines("old", 1, 5));

        try (MetricsLog log = open(3)) {
            log.append(step(4, "new"));
        }

        assertThat(file).hasContent(lines("old", 1, 3) + lines("new", 4, 4));
    }

    @Test
    void aRunWithoutCheckpointBeginsAnew() throws IOException {
        Files.writeString(file, lines("old", 1, 5));

        open(0).close();

        assertThat(file).isEmptyFile();
    }

    @Test
    void theLineThatAKilledWriterCutShortIsLeftOut() throws IOException {
        Files.writeString(file, lines("old", 1, 3) + lines("old", 4, 4).substring(0, 20));

        open(9).close();

        assertThat(file).hasContent(lines("old", 1, 3));
    }

    @Test
    void missingLinesComeFromTheManifests() throws Exception {
        save(2, lines("saved", 1, 2));
        save(4, lines("saved", 3, 4));
        save(6, lines("saved", 5, 6));
        Files.writeString(file, lines("file", 2, 3));

        open(4).close();
        assertThat(file).hasContent(lines("saved", 1, 1) + lines("file", 2, 3) + lines("saved", 4, 4));

        Files.delete(file);
        open(4).close();
        assertThat(file).hasContent(lines("saved", 1, 4));
    }

    /** Only where a line is missing does an old manifest matter. */
    @Test
    void aDamagedOldManifestIsNotLookedAtInVain() throws Exception {
        save(2, lines("saved", 1, 2));
        Files.writeString(folder.resolve("checkpoints/step-00000002/manifest.json"), "{");
        Files.writeString(file, lines("file", 1, 4));

        open(4).close();
        assertThat(file).hasContent(lines("file", 1, 4));

        Files.delete(file);
        assertThatThrownBy(() -> open(4))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("manifest.json is damaged");
    }

    @Test
    void refusesAFileOfSomethingElse() throws IOException {
        Files.writeString(file, lines("old", 1, 2) + "loss went down\n");

        assertThatThrownBy(() -> open(2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(file.toString(), "loss went down");
        assertThat(file).hasContent(lines("old", 1, 2) + "loss went down\n");
    }

    @Test
    void refusesAFileSystemThatCannotAppend() {
        Configuration hadoop = new Configuration();
        hadoop.setClass("fs.unappendable.impl", Unappendable.class, FileSystem.class);

        assertThatThrownBy(
                        () -> RunFolder.open("unappendable:" + folder, hadoop).openMetrics(0, Permission.ALWAYS))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("run.dir = unappendable:", "legal: a path of file: or hdfs:");
    }

    @Test
    void theRunPageIsReplacedInOneStep() throws IOException {
        RunFolder run = RunFolder.open(folder.resolve("run").toString(), HADOOP);
        assertThat(folder).isEmptyDirectory();
        assertThat(run.newestCheckpoint()).isEmpty();

        run.writeRunJson("{\"attempt\": 1}", Permission.ALWAYS);
        run.writeRunJson("{}", Permission.ALWAYS);

        assertThat(folder.resolve("run/run.json")).hasContent("{}");
        try (Stream<Path> files = Files.list(folder.resolve("run"))) {
            assertThat(files).hasSize(1);
        }
    }

    private MetricsLog open(long step) throws IOException {
        return RunFolder.open(folder.toString(), HADOOP).openMetrics(step, Permission.ALWAYS);
    }

    private static StepMetrics step(long step, String attempt) {
        return new StepMetrics(step, attempt.hashCode() / 3.0, 1e-3, 1, 1, 51, 3 * step, 1, 51, null, null, null);
    }

    private static String lines(String attempt, long first, long last) {
        StringBuilder lines = new StringBuilder();
        LongStream.rangeClosed(first, last)
                .forEach(step -> lines.append(step(step, attempt).toJson()).append('\n'));
        return lines.toString();
    }

    private void save(long step, String metrics) {
        CheckpointMetadata metadata = new CheckpointMetadata(
                step,
                3 * step,
                new GptConfig(1, 8, 2, 5, 5, 11),
                new CheckpointMetadata.Tokenizer("some", 11, 0),
                1,
                "",
                CheckpointMetadata.AdamProgress.NONE,
                new Layout(1, 1),
                metrics.lines().toList());
        new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        1,
                        context -> {
                            try (HostDevice device = new HostDevice(1)) {
                                CheckpointWriter.save(
                                        folder.toString(),
                                        metadata,
                                        List.of(),
                                        context.world(),
                                        device.newQueue("save"),
                                        HADOOP,
                                        "a");
                            }
                            return 0;
                        },
                        report -> {});
    }

    /** Writes whole files only, as object stores do. */
    public static final class Unappendable extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("unappendable:///");
        }

        @Override
        public String getScheme() {
            return "unappendable";
        }

        @Override
        public FSDataOutputStream append(org.apache.hadoop.fs.Path path, int buffer, Progressable progress) {
            throw new UnsupportedOperationException("append");
        }
    }
}
