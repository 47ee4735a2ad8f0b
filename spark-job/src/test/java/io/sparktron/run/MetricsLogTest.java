package io.sparktron.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.Saves;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.storage.FullDiskFileSystem;
import io.sparktron.storage.ObjectStoreFileSystem;
import io.sparktron.storage.Permission;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
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

    /** A restart has gone back from the newest checkpoint because of it. */
    @Test
    void aDamagedNewerManifestIsNotLookedAt() throws Exception {
        save(2, lines("saved", 1, 2));
        save(4, lines("saved", 3, 4));
        Files.writeString(folder.resolve("checkpoints/step-00000004/manifest.json"), "{");

        open(2).close();

        assertThat(file).hasContent(lines("saved", 1, 2));
    }

    @Test
    void refusesAFileOfSomethingElse() throws IOException {
        Files.writeString(file, lines("old", 1, 2) + "loss went down\n");

        assertThatThrownBy(() -> open(2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(file.toString(), "loss went down");
        assertThat(file).hasContent(lines("old", 1, 2) + "loss went down\n");
    }

    /** What fits of the first line that does not is in the file until there is room: half a line, which nothing may follow. */
    @Test
    void aFullDiskKeepsLinesWaiting() throws IOException {
        Configuration hadoop = FullDiskFileSystem.configuration();
        List<String> progress = new ArrayList<>();
        Files.writeString(file, lines("old", 1, 2));
        try (MetricsLog log =
                MetricsLog.open("fulldisk:" + folder, 2, hadoop, Permission.ALWAYS, Duration.ZERO, progress::add)) {
            log.append(step(3, "new"));
            FullDiskFileSystem.fill(true);
            log.append(step(4, "new"));
            log.append(step(5, "new"));
            log.flush();
            assertThat(Files.readString(file)).startsWith(lines("old", 1, 2) + lines("new", 3, 3));
            assertThat(progress)
                    .singleElement()
                    .asString()
                    .contains("metrics.jsonl cannot be written, training goes on", "No space left on device");
            assertThat(MetricsLog.read(new org.apache.hadoop.fs.Path(file.toUri()), HADOOP))
                    .containsOnlyKeys(1L, 2L, 3L);
            FullDiskFileSystem.fill(false);
            log.append(step(6, "new"));
            assertThat(file).hasContent(lines("old", 1, 2) + lines("new", 3, 6));
            assertThat(progress).hasSize(2).last().asString().contains("can be written again: 3 lines were kept");
            log.append(step(7, "new"));
            assertThat(file).hasContent(lines("old", 1, 2) + lines("new", 3, 7));
            FullDiskFileSystem.fill(true);
            log.append(step(8, "new"));
        } finally {
            FullDiskFileSystem.fill(false);
        }
        assertThat(progress).last().asString().contains("the last 1 lines of", "could not be written");
        open(8).close();
        assertThat(file).hasContent(lines("old", 1, 2) + lines("new", 3, 7));
    }

    @Test
    void aFullDiskIsTriedAgainNowAndThenOnly() throws IOException {
        Configuration hadoop = FullDiskFileSystem.configuration();
        try (MetricsLog log =
                MetricsLog.open("fulldisk:" + folder, 0, hadoop, Permission.ALWAYS, Duration.ofDays(1), line -> {})) {
            FullDiskFileSystem.fill(true);
            log.append(step(1, "new"));
            FullDiskFileSystem.fill(false);
            log.append(step(2, "new"));
            assertThat(MetricsLog.read(new org.apache.hadoop.fs.Path(file.toUri()), HADOOP))
                    .isEmpty();
            log.flush();
            assertThat(file).hasContent(lines("new", 1, 2));
        } finally {
            FullDiskFileSystem.fill(false);
        }
    }

    @Test
    void anObjectIsWrittenAtCheckpointsAndAtTheEnd() throws IOException {
        Configuration hadoop = ObjectStoreFileSystem.configuration();
        RunFolder run = RunFolder.open("objects://metrics/run", hadoop);
        var object = new org.apache.hadoop.fs.Path(run.path(), "metrics.jsonl");
        try (MetricsLog log = run.openMetrics(0, Permission.ALWAYS, line -> {})) {
            log.append(step(1, "a"));
            log.append(step(2, "a"));
            assertThat(Storage.read(object, hadoop)).isEmpty();
            log.flush();
            assertThat(Storage.read(object, hadoop)).asString().isEqualTo(lines("a", 1, 2));
            log.append(step(3, "a"));
        }
        assertThat(Storage.read(object, hadoop)).asString().isEqualTo(lines("a", 1, 3));
        try (MetricsLog log = run.openMetrics(2, Permission.ALWAYS, line -> {})) {
            log.append(step(3, "b"));
        }
        assertThat(Storage.read(object, hadoop)).asString().isEqualTo(lines("a", 1, 2) + lines("b", 3, 3));
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
        return RunFolder.open(folder.toString(), HADOOP).openMetrics(step, Permission.ALWAYS, line -> {});
    }

    private static StepMetrics step(long step, String attempt) {
        return new StepMetrics(
                step, attempt.hashCode() / 3.0, 1e-3, 1.0, 1, 51, 3 * step, 1, 0.25, 51, null, null, null, null, null);
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
                ModelConfig.gpt(1, 8, 2, 5, 5, 11),
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
                                Saves.save(
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
}
