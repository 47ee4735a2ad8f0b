package io.sparktron.data;

import static io.sparktron.data.Datasets.HADOOP;
import static io.sparktron.data.Datasets.LENGTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleReaderTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatDataPreparationWrites() throws IOException {
        TokenDataset dataset = Datasets.write(folder, 512, 256, 37);

        assertThat(dataset.samples()).isEqualTo(805);
        assertThat(dataset.sequence()).isEqualTo(Datasets.SEQUENCE);
        requireAll(dataset);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Datasets.OWN_SCHEMA,
                "optional int64 sample; optional group tokens (LIST) { repeated group list { optional int32 element; } }",
                "optional int64 sample; optional group tokens (LIST) { repeated group list { optional int32 item; } }",
                "optional int64 sample; optional group tokens (LIST) { repeated group bag { optional int32 array; } }",
                "required int64 sample; required group tokens (LIST) { repeated int32 array; }",
                "required int64 sample; repeated int32 tokens;",
                "repeated int32 tokens; optional binary document (STRING); required int64 sample;",
            })
    void readsListsOfEveryNesting(String fields) throws IOException {
        Manifest.DataFile file = Datasets.writeFile(folder.resolve("a.parquet"), 0, fields, 100, Datasets.rows(0, 333));

        requireAll(Datasets.describe(folder, List.of(file)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 255, 256, 257, 1000})
    void readsRowGroupsOfEverySize(int rowGroup) throws IOException {
        Manifest.DataFile first = Datasets.writeFile(
                folder.resolve("a.parquet"), 0, Datasets.OWN_SCHEMA, rowGroup, Datasets.rows(0, 301));
        Manifest.DataFile second = Datasets.writeFile(
                folder.resolve("b.parquet"), 301, Datasets.OWN_SCHEMA, rowGroup, Datasets.rows(301, 1));
        Manifest.DataFile third = Datasets.writeFile(
                folder.resolve("c.parquet"), 302, Datasets.OWN_SCHEMA, rowGroup, Datasets.rows(302, 700));

        requireAll(Datasets.describe(folder, List.of(first, second, third)));
    }

    /** Every file is one block here, and only one file is open at a time: openings count the decoded blocks. */
    @Test
    void aLaterEpochDecodesEachBlockOnce() throws IOException {
        int files = SampleOrder.WINDOW + 6;
        int[] sizes = IntStream.range(0, files).map(i -> 256).toArray();
        TokenDataset written = Datasets.withoutDigests(folder, Datasets.write(folder, sizes));
        TokenDataset dataset = GatedFileSystem.through(written);
        SampleOrder order = new SampleOrder(dataset.samples(), 256, 5);

        long[] epoch = LongStream.range(dataset.samples(), 2 * dataset.samples())
                .map(order::sample)
                .toArray();
        require(dataset, epoch);

        assertThat(GatedFileSystem.OPENED).hasValue(files);
    }

    @Test
    void digestsAFileOnceForAllReaders() throws IOException {
        TokenDataset dataset = GatedFileSystem.through(Datasets.write(folder, 20));

        require(dataset, 0);
        assertThat(GatedFileSystem.OPENED).hasValue(2); // for the digest, for Parquet
        require(dataset, 19);
        assertThat(GatedFileSystem.OPENED).hasValue(3);
    }

    @Test
    void refusesSamplesThatAreNotThere() throws IOException {
        TokenDataset dataset = Datasets.write(folder, 20);
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (long sample : new long[] {-1, 20}) {
                assertThatThrownBy(() -> reader.read(sample, new int[LENGTH], 0))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("sample " + sample + " of " + dataset.folder() + "; legal: 0 to 19");
            }
        }
    }

    /** Forwards, backwards, and by leaps. */
    private static void requireAll(TokenDataset dataset) throws IOException {
        long samples = dataset.samples();
        require(dataset, LongStream.range(0, samples).toArray());
        require(dataset, LongStream.range(0, samples).map(i -> samples - 1 - i).toArray());
        require(
                dataset,
                LongStream.range(0, samples).map(i -> i * 397 % samples).toArray());
    }

    private static void require(TokenDataset dataset, long... samples) throws IOException {
        int[] ids = new int[LENGTH + 2];
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (long sample : samples) {
                reader.read(sample, ids, 1);
                assertThat(Arrays.copyOfRange(ids, 1, LENGTH + 1)).isEqualTo(Datasets.ids(sample));
            }
        }
        assertThat(ids[0]).isZero();
        assertThat(ids[LENGTH + 1]).isZero();
    }
}
