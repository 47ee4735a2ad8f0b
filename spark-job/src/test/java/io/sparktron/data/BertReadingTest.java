package io.sparktron.data;

import static io.sparktron.data.BertDatasets.SEQUENCE;
import static io.sparktron.data.Datasets.HADOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.storage.BlockListener;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BertReadingTest {
    private static final String LIST = " (LIST) { repeated group list { optional int32 element; } }";
    private static final MessageType SPARK = MessageTypeParser.parseMessageType(
            "message row { optional boolean swapped; optional int64 sample; optional group labels" + LIST
                    + " optional int32 second; optional group tokens" + LIST + " }");

    @TempDir
    Path folder;

    @Test
    void readsSamplesOfEveryLength() throws IOException {
        TokenDataset dataset = BertDatasets.write(folder, 300, 37);

        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (long sample = dataset.samples() - 1; sample >= 0; sample--) {
                requireEqual(reader.bert(sample), BertDatasets.sample(sample));
            }
        }
    }

    @Test
    void batchesArePaddedAndKeepLabelsOfTheirOwn() {
        TokenDataset dataset = BertDatasets.write(folder, true, BertDatasets::labelled, 50);
        SampleOrder order = new SampleOrder(dataset.samples(), 256, 9);

        try (BatchReader batches = new BatchReader(
                dataset, order, LongStream.range(40, 57).iterator(), 5, 2, HADOOP, BlockListener.NONE)) {
            long position = 40;
            for (Batch next = batches.next(); next != null; next = batches.next()) {
                BertBatch batch = next.bert();
                assertThat(batch.targets()).isEqualTo(2L * batch.positions().length);
                for (int i = 0; i < batch.positions().length; i++, position++) {
                    assertThat(batch.positions()[i]).isEqualTo(position);
                    requireRow(batch, i, BertDatasets.labelled(order.sample(position)));
                }
            }
            assertThat(position).isEqualTo(57);
        }
    }

    @Test
    void batchesWithoutLabelsAreMaskedByPosition() {
        TokenDataset dataset = BertDatasets.write(folder, 50);
        SampleOrder order = new SampleOrder(dataset.samples(), 256, 9);
        BertMasking masking = new BertMasking(9, BertDatasets.TOKENIZER, BertDatasets.PIECES);

        try (BatchReader batches = new BatchReader(
                dataset, order, LongStream.range(40, 57).iterator(), 7, 1, HADOOP, BlockListener.NONE)) {
            List<Batch> step = batches.next(2);
            long targets = 0;
            for (long position = 40; position < 54; position++) {
                BertBatch batch = step.get((int) (position - 40) / 7).bert();
                BertSample masked = masking.mask(BertDatasets.sample(order.sample(position)), position);
                requireRow(batch, (int) (position - 40) % 7, masked);
                targets += Arrays.stream(masked.labels())
                        .filter(label -> label >= 0)
                        .count();
            }
            assertThat(step.get(0).targets() + step.get(1).targets()).isEqualTo(targets);
            assertThat(batches.next(2)).hasSize(1);
            assertThat(batches.next(2)).isEmpty();
            assertThatThrownBy(() -> batches.next(3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3 batches at once; legal: 1 to 2");
            assertThatThrownBy(() -> step.get(0).gpt()).isInstanceOf(IllegalStateException.class);
        }
    }

    /** As Spark writes: columns in any order, everything may be null; where labels are, training masks. */
    @Test
    void readsNullLabelsAsNone() throws IOException {
        TokenDataset dataset = foreign(row -> {
            addRow(row, 0, BertDatasets.sample(0));
        });

        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            requireEqual(reader.bert(0), BertDatasets.sample(0));
        }
    }

    @Test
    void namesWhatIsWrongWithARow() {
        BertSample good = BertDatasets.sample(0);
        int length = good.tokens().length;
        refused(edited(good, 0, 50), "id 50 at position 0 of tokens; legal: 2 (the manifest's tokenizer.cls");
        refused(edited(good, good.second() - 1, 50), "id 50 at position 2 of tokens; legal: 3");
        refused(edited(good, length - 1, 50), "id 50 at position 6 of tokens; legal: 3");
        refused(edited(good, 1, 101), "id 101 at position 1 of tokens; legal: 0 to 100");
        refused(new BertSample(good.tokens(), 1, false), "second = 1; legal: 2 to 6");
        refused(new BertSample(good.tokens(), length, false), "second = 7; legal: 2 to 6");
        refused(new BertSample(new int[0], 2, false), "second = 2; legal: 2 to -1");
        refused(new BertSample(new int[SEQUENCE + 1], 2, false), "24 tokens; legal: at most 23");
        refused(new BertSample(good.tokens(), good.second(), false, new int[length - 1]), "6 labels; legal: 7");
        int[] labels = new int[length];
        labels[2] = -1;
        refused(
                new BertSample(good.tokens(), good.second(), false, labels),
                "id -1 at position 2 of labels; legal: -100, or 0 to 100");
    }

    @Test
    void namesNullsAndMissingColumns() {
        assertRefused(
                foreign(row -> {
                    addList(row, "tokens", BertDatasets.sample(0).tokens());
                    row.add("sample", 0L);
                    row.add("swapped", true);
                }),
                "second = null");
        assertRefused(
                foreign(row -> {
                    addList(row, "tokens", BertDatasets.sample(0).tokens());
                    row.add("sample", 0L);
                    row.add("second", 3);
                }),
                "swapped = null");
        Manifest.DataFile gpt =
                Datasets.writeFile(folder.resolve("g.parquet"), 0, Datasets.OWN_SCHEMA, 10, Datasets.rows(0, 1));
        assertRefused(
                BertDatasets.describe(folder, List.of(gpt)),
                "no column second; legal: sample, tokens, second and swapped among its columns");
    }

    @Test
    void namesAVocabularyThatIsNotTheDatasets() throws IOException {
        TokenDataset dataset = BertDatasets.write(folder, 3);
        Path file = folder.resolve(WordPieceVocabulary.FILE_NAME);
        Files.deleteIfExists(folder.resolve("." + WordPieceVocabulary.FILE_NAME + ".crc"));

        Files.writeString(file, "[PAD]\na\n");
        assertNoBatches(dataset, "has 2 pieces; legal: 101");
        Files.writeString(file, "a\nb\na\n");
        assertNoBatches(dataset, "line 3, repeats \"a\" of line 1");
        Files.delete(file);
        assertNoBatches(dataset, "vocab.txt is missing");
    }

    @Test
    void namesBothFamilies() {
        TokenDataset dataset = BertDatasets.write(folder, 3);

        assertThatThrownBy(() -> dataset.requireFamily("data.train", "gpt"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("data.train = ", "family bert", "the model is of family gpt");
        assertThat(dataset.requireFamily("data.train", "bert")).isSameAs(dataset);
    }

    private void assertNoBatches(TokenDataset dataset, String message) {
        assertThatThrownBy(() -> new BatchReader(
                        dataset,
                        new SampleOrder(3, 256, 0),
                        LongStream.range(0, 3).iterator(),
                        1,
                        1,
                        HADOOP,
                        BlockListener.NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(folder.toString(), message);
    }

    private void refused(BertSample sample, String message) {
        assertRefused(foreign(row -> addRow(row, 0, sample)), message);
    }

    private static void assertRefused(TokenDataset dataset, String message) {
        assertThatThrownBy(() -> {
                    try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
                        reader.bert(0);
                    }
                })
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(dataset.manifest().files().get(0).path(), message);
    }

    private static BertSample edited(BertSample sample, int position, int id) {
        int[] tokens = sample.tokens().clone();
        tokens[position] = id;
        return new BertSample(tokens, sample.second(), sample.swapped());
    }

    /** A dataset of one row, whose columns are Spark's. */
    private TokenDataset foreign(Consumer<Group> row) {
        Path file = folder.resolve("spark.parquet");
        try {
            Files.deleteIfExists(file);
            try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                    .withType(SPARK)
                    .build()) {
                Group group = new SimpleGroup(SPARK);
                row.accept(group);
                writer.write(group);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return BertDatasets.describe(folder, List.of(new Manifest.DataFile("spark.parquet", 0, 1, null, null)));
    }

    private static void addRow(Group row, long sample, BertSample content) {
        row.add("sample", sample);
        row.add("second", content.second());
        row.add("swapped", content.swapped());
        addList(row, "tokens", content.tokens());
        if (content.labels() != null) {
            addList(row, "labels", content.labels());
        }
    }

    private static void addList(Group row, String name, int... values) {
        Group list = row.addGroup(name);
        for (int value : values) {
            list.addGroup(0).add(0, value);
        }
    }

    private static void requireEqual(BertSample read, BertSample expected) {
        assertThat(read.tokens()).isEqualTo(expected.tokens());
        assertThat(read.second()).isEqualTo(expected.second());
        assertThat(read.swapped()).isEqualTo(expected.swapped());
        assertThat(read.labels()).isEqualTo(expected.labels());
    }

    private static void requireRow(BertBatch batch, int row, BertSample expected) {
        int length = expected.tokens().length;
        List<Integer> tokens = new ArrayList<>();
        List<Integer> types = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < SEQUENCE; i++) {
            tokens.add(i < length ? expected.tokens()[i] : BertDatasets.PAD);
            types.add(i >= expected.second() && i < length ? 1 : 0);
            labels.add(i < length ? expected.labels()[i] : BertSample.IGNORED);
        }
        assertThat(values(batch.tokens(), row, SEQUENCE)).isEqualTo(tokens);
        assertThat(values(batch.types(), row, SEQUENCE)).isEqualTo(types);
        assertThat(values(batch.labels(), row, SEQUENCE)).isEqualTo(labels);
        assertThat(values(batch.lengths(), row, 1)).containsExactly(length);
        assertThat(values(batch.classes(), row, 1)).containsExactly(expected.swapped() ? 1 : 0);
    }

    private static List<Integer> values(ByteBuffer buffer, int row, int count) {
        assertThat(buffer.isDirect()).isTrue();
        assertThat(buffer.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(buffer.getInt((row * count + i) * Integer.BYTES));
        }
        return values;
    }
}
