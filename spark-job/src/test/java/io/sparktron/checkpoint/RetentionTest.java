package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.storage.BlockListener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
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

        CheckpointRetention.retain(folder.toString(), keep, 50, SavedRuns.HADOOP, BlockListener.NONE);

        assertThat(steps()).isEqualTo(left);
        assertThat(folder.resolve("checkpoints/notes")).exists();
        SavedRuns.loadAndCheck(Checkpoint.open(folder.toString(), SavedRuns.HADOOP));
    }

    @Test
    void deletesNothingWhereNothingIsComplete() throws IOException {
        SavedRuns.save(folder.toString(), 10, "a");
        makeIncomplete(10);

        CheckpointRetention.retain(folder.toString(), 1, 10, SavedRuns.HADOOP, BlockListener.NONE);

        assertThat(steps()).isEqualTo("10");
        assertThat(Checkpoint.newest(folder.toString(), SavedRuns.HADOOP)).isEmpty();
    }

    /** The run went back from 30, which is damaged, and was stopped at 25. */
    @Test
    void whatIsNewerThanTheCheckpointJustSavedDoesNotCount() throws IOException {
        for (int step : new int[] {10, 20, 25, 30}) {
            SavedRuns.save(folder.toString(), step, "a");
        }

        CheckpointRetention.retain(folder.toString(), 1, 25, SavedRuns.HADOOP, BlockListener.NONE);

        assertThat(steps()).isEqualTo("25 30");
    }

    /** The next deletion takes the rest. */
    @Test
    void whatIsHalfDeletedIsNoCheckpoint() throws IOException {
        Configuration hadoop = new Configuration();
        hadoop.setClass("fs.clinging.impl", ClingingFileSystem.class, FileSystem.class);
        for (int step : new int[] {10, 20}) {
            SavedRuns.save(folder.toString(), step, "a");
        }

        assertThatThrownBy(() -> CheckpointRetention.retain("clinging:" + folder, 1, 20, hadoop, BlockListener.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("step-00000010");
        assertThat(steps()).isEqualTo("10 20");
        assertThat(folder.resolve("checkpoints/step-00000010")).isNotEmptyDirectory();
        assertThat(Checkpoint.all(folder.toString(), SavedRuns.HADOOP)).hasSize(1);

        CheckpointRetention.retain(folder.toString(), 1, 20, SavedRuns.HADOOP, BlockListener.NONE);
        assertThat(steps()).isEqualTo("20");
    }

    /** The local disk as {@code clinging:}, which deletes files, but no folder. */
    public static final class ClingingFileSystem extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("clinging:///");
        }

        @Override
        public String getScheme() {
            return "clinging";
        }

        @Override
        public boolean delete(org.apache.hadoop.fs.Path path, boolean recursive) throws IOException {
            if (getFileStatus(path).isDirectory()) {
                throw new IOException("cannot delete " + path);
            }
            return super.delete(path, recursive);
        }
    }

    @Test
    void aFolderWithoutCheckpointsIsFine() throws IOException {
        CheckpointRetention.retain(folder.resolve("none").toString(), 1, 10, SavedRuns.HADOOP, BlockListener.NONE);

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
