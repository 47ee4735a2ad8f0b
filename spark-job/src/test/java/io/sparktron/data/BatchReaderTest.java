package io.sparktron.data;

import static io.sparktron.data.Datasets.HADOOP;
import static io.sparktron.data.Datasets.LENGTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.storage.BlockListener;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class BatchReaderTest {
    @TempDir
    Path folder;

    /** No test leaves a reading thread behind. */
    @AfterEach
    void noThreadIsLeft() {
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("batch-reader"));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1", "3, 2", "7, 4", "64, 1", "200, 3"})
    void equalPositionsGiveEqualSamplesInEveryBatchSize(int samples, int ahead) {
        TokenDataset dataset = Datasets.write(folder, 37);
        SampleOrder order = new SampleOrder(37, 8, 5);
        int first = 30; // over three borders of an epoch
        int end = 130;
        List<Long> positions = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        try (BatchReader batches = new BatchReader(
                dataset, order, LongStream.range(first, end).iterator(), samples, ahead, HADOOP, BlockListener.NONE)) {
            for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
                sizes.add(batch.positions().length);
                requireSamples(batch, order);
                Arrays.stream(batch.positions()).forEach(positions::add);
            }
            assertThat(batches.next()).isNull();
        }
        assertThat(positions).isEqualTo(LongStream.range(first, end).boxed().toList());
        assertThat(sizes.subList(0, sizes.size() - 1)).allMatch(size -> size == samples);
        assertThat(sizes.get(sizes.size() - 1)).isEqualTo((end - first - 1) % samples + 1);
    }

    @Test
    void hasNoBatchWithoutPositions() {
        TokenDataset dataset = Datasets.write(folder, 3);
        try (BatchReader batches = new BatchReader(
                dataset, stored(dataset), LongStream.empty().iterator(), 2, 1, HADOOP, BlockListener.NONE)) {
            assertThat(batches.next()).isNull();
        }
    }

    @Test
    void readsAheadAsFarAsAskedAndNoFarther() throws InterruptedException {
        TokenDataset dataset = Datasets.write(folder, 300);
        int samples = 5;
        int ahead = 3;
        AtomicLong taken = new AtomicLong();
        var positions = LongStream.range(0, 300)
                .peek(position -> taken.incrementAndGet())
                .iterator();
        try (BatchReader batches =
                new BatchReader(dataset, stored(dataset), positions, samples, ahead, HADOOP, BlockListener.NONE)) {
            for (int batch = 1; batch <= 20; batch++) {
                batches.next();
                // hasNext() looks one position farther than was asked for.
                long most = (long) (batch + ahead) * samples + 1;
                while (taken.get() < most - 1) {
                    Thread.sleep(1);
                }
                assertThat(taken.get()).isLessThanOrEqualTo(most);
            }
        }
    }

    @Test
    void givesTheBatchesBeforeAnError() throws IOException {
        TokenDataset dataset = Datasets.write(folder, 256, 256);
        Files.delete(folder.resolve(Datasets.name(1)));
        try (BatchReader batches = new BatchReader(
                dataset, stored(dataset), LongStream.range(250, 262).iterator(), 3, 4, HADOOP, BlockListener.NONE)) {
            requireSamples(batches.next(), stored(dataset));
            requireSamples(batches.next(), stored(dataset));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(batches::next)
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContainingAll(Datasets.name(1), "is missing");
            }
        }
    }

    @Test
    void tellsAFileSystemThatFailsFromADatasetThatIsWrong() {
        TokenDataset dataset = GatedFileSystem.through(Datasets.write(folder, 30));
        GatedFileSystem.failing = true;
        try (BatchReader batches = new BatchReader(
                dataset, stored(dataset), LongStream.range(0, 30).iterator(), 3, 4, HADOOP, BlockListener.NONE)) {
            assertThatThrownBy(batches::next)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContainingAll(Datasets.name(0), "cannot be read", "on strike");
        }
    }

    @Test
    void surfacesAnErrorOfThePositions() {
        TokenDataset dataset = Datasets.write(folder, 30);
        try (BatchReader batches = new BatchReader(
                dataset, stored(dataset), LongStream.of(0, -1).iterator(), 1, 1, HADOOP, BlockListener.NONE)) {
            requireSamples(batches.next(), stored(dataset));
            assertThatThrownBy(batches::next).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void closesWhileItWaitsForItsCaller() {
        TokenDataset dataset = Datasets.write(folder, 30);
        BatchReader batches = new BatchReader(
                dataset,
                stored(dataset),
                LongStream.iterate(0, i -> i + 1).iterator(),
                2,
                2,
                HADOOP,
                BlockListener.NONE);
        requireSamples(batches.next(), stored(dataset));
        batches.close();
        batches.close();

        // Those read before it was closed, then the error.
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 5; i++) {
                        batches.next();
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void closesWhileItWaitsForTheFileSystem() throws InterruptedException {
        TokenDataset dataset = GatedFileSystem.through(Datasets.write(folder, 30));
        GatedFileSystem.arrived = new CountDownLatch(1);
        GatedFileSystem.gate = new CountDownLatch(1); // never opened
        BatchReader batches = new BatchReader(
                dataset, stored(dataset), LongStream.range(0, 30).iterator(), 2, 2, HADOOP, BlockListener.NONE);
        GatedFileSystem.arrived.await();
        batches.close();

        assertThatThrownBy(batches::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void usesItsBuffersAgain() {
        TokenDataset dataset = Datasets.write(folder, 300);
        Set<ByteBuffer> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
        try (BatchReader batches = new BatchReader(
                dataset, stored(dataset), LongStream.range(0, 300).iterator(), 3, 2, HADOOP, BlockListener.NONE)) {
            for (int i = 0; i < 100; i++) {
                buffers.add(batches.next().gpt().ids());
            }
        }
        assertThat(buffers).hasSize(3).allMatch(ByteBuffer::isDirect); // one in use, two ahead
    }

    @Test
    void refusesBatchesOfNothing() {
        TokenDataset dataset = Datasets.write(folder, 30);
        assertThatThrownBy(() -> new BatchReader(
                        dataset, stored(dataset), LongStream.range(0, 30).iterator(), 0, 2, HADOOP, BlockListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batches of 0 samples");
    }

    /** One epoch in the stored order. */
    private static SampleOrder stored(TokenDataset dataset) {
        return new SampleOrder(dataset.samples(), 256, 1);
    }

    private static void requireSamples(Batch batch, SampleOrder order) {
        assertThat(batch.gpt().ids().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(batch.gpt().ids().remaining()).isEqualTo(batch.positions().length * LENGTH * Integer.BYTES);
        int[] ids = new int[LENGTH];
        for (long position : batch.positions()) {
            for (int i = 0; i < LENGTH; i++) {
                ids[i] = batch.gpt().ids().getInt();
            }
            assertThat(ids).isEqualTo(Datasets.ids(order.sample(position)));
        }
    }
}
