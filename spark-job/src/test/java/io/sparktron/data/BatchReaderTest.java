package io.sparktron.data;

import static io.sparktron.data.SampleFiles.HADOOP;
import static io.sparktron.data.SampleFiles.LENGTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.PrimitiveIterator.OfLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches in order, over the border of epochs, and the end of the thread that reads them. */
@Timeout(30)
class BatchReaderTest {
    private static final int SAMPLES = 301;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0} batches ahead")
    @ValueSource(ints = {0, 1, 2, 5})
    void readsThePositionsInOrderOverTheBordersOfEpochs(int ahead) throws IOException {
        TokenDataset dataset = SampleFiles.write(folder, 100, SAMPLES - 100);
        SampleOrder order = new SampleOrder(SAMPLES, 7, 3);
        long first = SAMPLES - 20;
        try (BatchReader reader = reader(dataset, order, LongStream.range(first, first + 700), 4, ahead)) {
            for (long position = first; position < first + 700; position += 4) {
                assertBatch(reader.next(), order, position, 4);
            }
            assertThat(reader.next()).isNull();
            assertThat(reader.next()).as("the end stays the end").isNull();
        }
    }

    @Test
    void theLastBatchMayBeShort() throws IOException {
        SampleOrder order = new SampleOrder(SAMPLES, 256, 3);
        try (BatchReader reader = reader(SampleFiles.write(folder, SAMPLES), order, LongStream.range(0, 7), 5, 2)) {
            assertBatch(reader.next(), order, 0, 5);
            assertBatch(reader.next(), order, 5, 2);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void buffersAreUsedAgain() throws IOException {
        Set<ByteBuffer> buffers = Collections.newSetFromMap(new IdentityHashMap<>());
        SampleOrder order = new SampleOrder(SAMPLES, 256, 3);
        try (BatchReader reader = reader(SampleFiles.write(folder, SAMPLES), order, LongStream.range(0, 300), 3, 2)) {
            for (int i = 0; i < 100; i++) {
                buffers.add(reader.next().ids());
            }
        }
        assertThat(buffers).hasSizeBetween(1, 3).allMatch(ByteBuffer::isDirect);
    }

    @Test
    void batchesBeforeABadFileAreGivenThenItsError() throws IOException {
        TokenDataset dataset = SampleFiles.write(folder, 6, 6);
        Files.delete(folder.resolve("part-00001.parquet"));
        SampleOrder order = new SampleOrder(12, 256, 3);
        try (BatchReader reader = reader(dataset, order, LongStream.range(0, 12), 3, 4)) {
            assertBatch(reader.next(), order, 0, 3);
            assertBatch(reader.next(), order, 3, 3);
            for (int i = 0; i < 2; i++) { // the error stays
                assertThatThrownBy(reader::next)
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("part-00001.parquet");
            }
        }
    }

    @Test
    void closingEndsTheThreadThatWaitsForABuffer() throws IOException {
        SampleOrder order = new SampleOrder(SAMPLES, 256, 3);
        TokenDataset dataset = SampleFiles.write(folder, SAMPLES);
        Semaphore taken = new Semaphore(0);
        LongStream positions = LongStream.iterate(0, position -> position + 1).peek(position -> taken.release());
        BatchReader reader = reader(dataset, order, positions, 3, 2);
        taken.acquireUninterruptibly(3 * 3); // it has read what fits
        reader.close();
        reader.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().equals("batch-reader"))
                .isEmpty();
    }

    @Test
    void aClosedReaderSaysSo() throws IOException {
        SampleOrder order = new SampleOrder(SAMPLES, 256, 3);
        BatchReader reader = reader(SampleFiles.write(folder, SAMPLES), order, LongStream.range(0, 300), 3, 1);
        reader.next();
        reader.close();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 4; i++) {
                        reader.next();
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private static BatchReader reader(
            TokenDataset dataset, SampleOrder order, LongStream positions, int samples, int ahead) {
        OfLong iterator = positions.iterator();
        return new BatchReader(dataset, order, iterator, samples, ahead, HADOOP);
    }

    private static void assertBatch(BatchReader.Batch batch, SampleOrder order, long first, int samples) {
        assertThat(batch.positions())
                .containsExactly(LongStream.range(first, first + samples).toArray());
        assertThat(batch.ids().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(batch.ids().remaining()).isEqualTo(samples * LENGTH * Integer.BYTES);
        for (int row = 0; row < samples; row++) {
            int[] ids = new int[LENGTH];
            batch.ids().asIntBuffer().get(row * LENGTH, ids);
            assertThat(ids).as("position " + (first + row)).isEqualTo(SampleFiles.ids(order.sample(first + row)));
        }
    }
}
