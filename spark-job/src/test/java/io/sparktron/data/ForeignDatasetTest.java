package io.sparktron.data;

import static io.sparktron.data.Datasets.HADOOP;
import static io.sparktron.data.Datasets.LENGTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datasets that pyarrow, DuckDB and Polars wrote (tokens/make_tokens.py), whatever their encodings, compressions, pages, row groups and further columns. */
class ForeignDatasetTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pyarrow",
                "pages-v2",
                "more-columns",
                "required",
                "delta",
                "byte-stream-split",
                "large-list",
                "duckdb",
                "polars"
            })
    void isRead(String name) throws Exception {
        TokenDataset dataset = dataset(name);
        assertThat(dataset.samples()).isEqualTo(600);
        requireAll(dataset, LongStream.range(0, dataset.samples()));
        SampleOrder order = new SampleOrder(dataset.samples(), 256, 7);
        requireAll(
                dataset,
                LongStream.range(dataset.samples(), 2 * dataset.samples()).map(order::sample));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            int64-tokens | has column tokens of type | a list of INT32
            int32-sample | has column sample of type | INT64
            brotli       | BrotliCodec was not found | uncompressed, SNAPPY, GZIP, ZSTD or LZ4_RAW
            """)
    void isRefusedWithTheReason(String name, String found, String legal) throws Exception {
        TokenDataset dataset = dataset("refused/" + name);
        assertThatThrownBy(() -> requireAll(dataset, LongStream.of(0)))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(error -> assertThat(error.getMessage().lines()).hasSize(1))
                .hasMessageContainingAll(found, legal);
    }

    private static TokenDataset dataset(String name) throws URISyntaxException {
        Path folder =
                Path.of(ForeignDatasetTest.class.getResource("/tokens/" + name).toURI());
        return TokenDataset.open(folder.toString(), HADOOP);
    }

    private static void requireAll(TokenDataset dataset, LongStream samples) throws IOException {
        int[] ids = new int[LENGTH];
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (long sample : samples.toArray()) {
                reader.read(sample, ids, 0);
                assertThat(ids).as("sample %d", sample).isEqualTo(Datasets.ids(sample));
            }
        }
    }
}
