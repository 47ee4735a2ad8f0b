package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.storage.BlockListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionTest {
    @TempDir
    private Path folder;

    /** Steps 10, 20, 30 and 50 are complete; 15 and 60 were never finished. */
    @ParameterizedTest
    @CsvSource({"0, 10 20 30 50 60", "1, 50 60", "2, 30 50 60", "4, 10 20 30 50 60", "9, 10 20 30 50 60"})
    void keepsTheNewestAndWhatMayStillBeWritten(int keep, String left) throws IOException {
        for (int step : new int[] {10, 15, 20, 30, 50, 60}) {
            SavedRuns.save(folder.toString(), step, "a");
        }
        makeIncomplete(15);
        makeIncomplete(60);
        Files.createDirectories(folder.resolve("checkpoints/notes"));

        CheckpointWriter.retain(folder.toString(), keep, SavedRuns.HADOOP, BlockListener.NONE);

        assertThat(steps()).isEqualTo(left);
        assertThat(folder.resolve("checkpoints/notes")).exists();
        SavedRuns.loadAndCheck(Checkpoint.open(folder.toString(), SavedRuns.HADOOP));
    }

    @Test
    void deletesNothingWhereNothingIsComplete() throws IOException {
        SavedRuns.save(folder.toString(), 10, "a");
        makeIncomplete(10);

        CheckpointWriter.retain(folder.toString(), 1, SavedRuns.HADOOP, BlockListener.NONE);

        assertThat(steps()).isEqualTo("10");
        assertThat(Checkpoint.newest(folder.toString(), SavedRuns.HADOOP)).isEmpty();
    }

    @Test
    void aFolderWithoutCheckpointsIsFine() throws IOException {
        CheckpointWriter.retain(folder.resolve("none").toString(), 1, SavedRuns.HADOOP, BlockListener.NONE);

        assertThat(folder).isEmptyDirectory();
    }

    private void makeIncomplete(int step) throws IOException {
        Files.delete(folder.resolve(String.format("checkpoints/step-%08d/manifest.json", step)));
    }

    private String steps() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("checkpoints"))) {
            return String.join(
                    " ",
                    all.map(path -> path.getFileName().toString())
                            .filter(name -> name.startsWith("step-"))
                            .sorted()
                            .map(name -> name.replaceFirst("step-0*", ""))
                            .toList());
        }
    }
}
