package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.parallel.Box;
import io.sparktron.storage.Permission;
import io.sparktron.tensor.Queue;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
    @TempDir
    private Path folder;

    /** Peers wait only as long as they see progress. */
    @Test
    void eachSpanThatIsCopiedIsProgress() {
        try (HostDevice device = new HostDevice(1);
                RankTensors tensors = new RankTensors(device.newQueue("test"))) {
            SavedRuns.addSmall(tensors, 1, 2); // a part of the matrix; another saves the vector
            tensors.add("more", SavedRuns.VECTOR, Box.whole(SavedRuns.VECTOR), true);
            Queue queue = device.newQueue("save");
            AtomicInteger passed = new AtomicInteger();
            try (Snapshot snapshot = new Snapshot(tensors.list())) {
                snapshot.take(queue, passed::incrementAndGet);
                assertThat(passed).hasValue(2);
            }
            passed.set(0);
            try (BackgroundWriter writer = new BackgroundWriter(tensors.list(), queue, passed::incrementAndGet)) {
                assertThat(passed).hasValue(2);
                writer.start(new CheckpointSave(
                        folder.toString(),
                        SavedRuns.metadata(1, List.of()),
                        1,
                        SavedRuns.HADOOP,
                        "a",
                        Permission.ALWAYS));
                assertThat(passed).hasValueGreaterThanOrEqualTo(4);
                writer.await();
            }
        }
    }

    /** A rank that is to end does so between two spans. */
    @Test
    void whatTheListenerThrowsEndsTheCopy() {
        try (HostDevice device = new HostDevice(1);
                RankTensors tensors = new RankTensors(device.newQueue("test"))) {
            SavedRuns.addSmall(tensors, 0, 1);
            AtomicInteger passed = new AtomicInteger();
            assertThatThrownBy(() -> new BackgroundWriter(tensors.list(), device.newQueue("save"), () -> {
                        passed.incrementAndGet();
                        throw new CancellationException("told to end");
                    }))
                    .hasMessage("told to end");
            assertThat(passed).hasValue(1);
        }
    }
}
