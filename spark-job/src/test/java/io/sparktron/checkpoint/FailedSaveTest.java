package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.rank.FailureKinds;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.storage.ObjectStoreFileSystem;
import io.sparktron.storage.Permission;
import io.sparktron.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Saves that one rank cannot do its part of: all ranks hear of it alike, the checkpoint before stays the newest, and training can go on. */
class FailedSaveTest {
    private static final int RANKS = 3;

    @TempDir
    private Path folder;

    @BeforeEach
    void saveOne() {
        SavedRuns.save(folder.toString(), 10, "a");
    }

    /** Nothing of a shard fits, or its header of 128 bytes and some data; or the list of what it holds; or the manifest. */
    @ParameterizedTest
    @CsvSource({
        "b-rank-00001.safetensors, 0, rank 1 could not write, b-rank-00001.safetensors",
        "b-rank-00001.safetensors, 140, rank 1 could not write, b-rank-00001.safetensors",
        "b-rank-00000.safetensors, 0, rank 0 could not write, b-rank-00000.safetensors",
        "b-rank-00002.contents.json, 5, rank 2 could not write, b-rank-00002",
        "b-rank-0, 0, rank 0 could not write, b-rank-00000.safetensors",
        "manifest.json, 100, rank 0 could not write, step-00000020/manifest.json",
    })
    void everyRankHearsOfIt(String file, int bytes, String who, String what) throws IOException {
        List<CheckpointFailedException> failures = save(FailingFileSystem.configuration(file, bytes), "b");

        assertThat(failures)
                .hasSize(RANKS)
                .allSatisfy(failure ->
                        assertThat(failure).hasMessageContainingAll("could not write", "No space left on device"))
                .extracting(FailureKinds::of)
                .containsOnly(Kind.INPUT_OUTPUT);
        assertThat(failures)
                .filteredOn(failure -> failure.getMessage().contains(who))
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining(what))
                .anySatisfy(failure -> assertThat(failure).hasCauseInstanceOf(IOException.class));
        requireOldCheckpointAndNoFiles();
        requireSavesNow();
    }

    /** Whichever rank is heard first, what follows is the same. */
    @Test
    void theLowestRankThatFailedDecidesTheKindOfAll() {
        List<CheckpointFailedException> failures = Collections.synchronizedList(new ArrayList<>());
        SavedRuns.ranks(RANKS, (context, tensors, device) -> {
            tensors.fill();
            Permission permission = () -> {
                if (context.rank() == 1) {
                    throw new IllegalStateException("a fault of the program");
                } else if (context.rank() == 2) {
                    throw new IOException("No space left on device");
                }
            };
            failures.add(catchThrowableOfType(
                    CheckpointFailedException.class,
                    () -> Saves.save(
                            folder.toString(),
                            SavedRuns.metadata(20, List.of()),
                            tensors.list(),
                            context.world(),
                            device.newQueue("save"),
                            SavedRuns.HADOOP,
                            "b",
                            permission,
                            () -> {})));
        });
        assertThat(failures)
                .hasSize(RANKS)
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining("a fault of the program"))
                .extracting(FailureKinds::of)
                .containsOnly(Kind.PROGRAM);
    }

    /** There an object that is closed is there for all to see. */
    @Test
    void anObjectStoreNeverShowsAPartOfAShard() throws IOException {
        Configuration hadoop = ObjectStoreFileSystem.configuration();
        var file = new org.apache.hadoop.fs.Path("objects://" + folder.getFileName() + "/shard.safetensors");
        TensorSource lost = (tensor, buffer) -> {
            throw new IllegalStateException("the device is lost");
        };
        try (HostDevice device = new HostDevice(1);
                RankTensors tensors = new RankTensors(device.newQueue("test"))) {
            SavedRuns.addSmall(tensors, 0, 1);
            List<NamedTensor> ours = tensors.fill().list();
            FSDataOutputStream part = Storage.create(file, false, hadoop);
            assertThatThrownBy(() -> new ShardWriter(lost).writeAll(file, part, ours, hadoop))
                    .hasMessage("the device is lost");
            assertThat(Storage.exists(file, hadoop)).isFalse();
            new ShardWriter(device.newQueue("save")::read)
                    .writeAll(file, Storage.create(file, false, hadoop), ours, hadoop);
            assertThat(Storage.exists(file, hadoop)).isTrue();
        }
    }

    @Test
    void aFileInTheWayOfTheFolder() throws IOException {
        Files.writeString(folder.resolve("checkpoints/step-00000020"), "in the way");

        assertThat(save(FailingFileSystem.configuration("none", 0), "b")).hasSize(RANKS);
        assertThat(newest().metadata().step()).isEqualTo(10);
    }

    /** Files of an earlier save may belong to its checkpoint. */
    @Test
    void anAttemptThatWasUsedLeavesItsFilesAsTheyAre() throws IOException {
        assertThat(save(FailingFileSystem.configuration("none", 0), "b")).isEmpty();
        byte[] manifest = Files.readAllBytes(folder.resolve("checkpoints/step-00000020/manifest.json"));

        assertThat(save(FailingFileSystem.configuration("none", 0), "b")).hasSize(RANKS);
        assertThat(folder.resolve("checkpoints/step-00000020/manifest.json")).hasBinaryContent(manifest);
        SavedRuns.loadAndCheck(newest());
    }

    /** A run that went back to an older checkpoint comes to the same step again. */
    @Test
    void anotherAttemptReplacesTheCheckpoint() throws IOException {
        assertThat(save(FailingFileSystem.configuration("none", 0), "b")).isEmpty();
        Files.writeString(folder.resolve("checkpoints/step-00000020/manifest.json"), "{");
        requireSavesNow();
    }

    private void requireOldCheckpointAndNoFiles() throws IOException {
        assertThat(newest().metadata().step()).isEqualTo(10);
        SavedRuns.loadAndCheck(newest());
        assertThat(folder.resolve("checkpoints/step-00000020")).isEmptyDirectory();
    }

    private void requireSavesNow() throws IOException {
        assertThat(save(FailingFileSystem.configuration("none", 0), "c")).isEmpty();
        assertThat(newest().metadata().step()).isEqualTo(20);
        SavedRuns.loadAndCheck(newest());
    }

    private Checkpoint newest() throws IOException {
        return Checkpoint.newest(folder.toString(), SavedRuns.HADOOP).orElseThrow();
    }

    /** Saves step 20 and says what failed, rank by rank; the ranks work together again afterwards. */
    private List<CheckpointFailedException> save(Configuration hadoop, String attempt) {
        List<CheckpointFailedException> failures = Collections.synchronizedList(new ArrayList<>());
        SavedRuns.ranks(RANKS, (context, tensors, device) -> {
            SavedRuns.addSmall(tensors, context.rank(), context.ranks());
            tensors.fill();
            CheckpointFailedException failure = catchThrowableOfType(
                    CheckpointFailedException.class,
                    () -> Saves.save(
                            "failing:" + folder,
                            SavedRuns.metadata(20, List.of()),
                            tensors.list(),
                            context.world(),
                            device.newQueue("save"),
                            hadoop,
                            attempt));
            if (failure != null) {
                failures.add(failure);
            }
            tensors.check("after the save");
        });
        return failures;
    }
}
