package io.sparktron.data;

import static io.sparktron.data.SampleFiles.HADOOP;
import static io.sparktron.data.SampleFiles.LENGTH;
import static io.sparktron.data.SampleFiles.VOCABULARY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samples by number, from files of ours and of others; and what is said of files that are not what they should be. */
class SampleReaderTest {
    private static final String FILE = "part-00000.parquet";
    private static final String THREE_LEVELS =
            "message m { required int64 sample; optional group tokens (LIST) { repeated group list { optional int32 element; } } }";
    private static final String TWO_LEVELS =
            "message m { required binary source; required group tokens (LIST) { repeated int32 array; } required int64 sample; }";

    @TempDir
    Path folder;

    @Test
    void readsAnySampleOfAnyFile() throws IOException {
        TokenDataset dataset = SampleFiles.write(folder, 1, 600, 256, 13);
        SplittableRandom random = new SplittableRandom(3);
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (int i = 0; i < 2000; i++) {
                assertSample(reader, i < 870 ? i : random.nextLong(870));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void readsListsOfThreeLevelsInRowGroupsOfAnySize(int rowGroup) throws IOException {
        write(THREE_LEVELS, 100, rowGroup, (group, sample) -> threeLevels(group, sample, SampleFiles.ids(sample)));
        assertReadsAll(SampleFiles.describe(folder, FILE, 100));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void readsListsOfTwoLevelsBesideOtherColumns(int rowGroup) throws IOException {
        write(TWO_LEVELS, 100, rowGroup, (group, sample) -> {
            group.append("source", "document " + sample);
            Group tokens = group.addGroup("tokens");
            for (int id : SampleFiles.ids(sample)) {
                tokens.append("array", id);
            }
            group.append("sample", sample);
        });
        assertReadsAll(SampleFiles.describe(folder, FILE, 100));
    }

    @Test
    void readsWhatSparkWrites() throws IOException {
        SparkSession spark = SparkSession.builder()
                .master("local[1]")
                .appName("foreign dataset")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
        Path written = folder.resolve("spark");
        try {
            spark.range(0, 100, 1, 1)
                    .selectExpr(
                            "id AS sample",
                            "transform(sequence(0, " + (LENGTH - 1) + "), i -> CAST(pmod(id * 31 + i * 7, " + VOCABULARY
                                    + ") AS INT)) AS tokens",
                            "'document' AS source")
                    .write()
                    .parquet(written.toString());
        } finally {
            spark.stop();
        }
        try (var files = Files.list(written)) {
            Path part = files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
            Files.move(part, folder.resolve(FILE));
        }
        assertReadsAll(SampleFiles.describe(folder, FILE, 100));
    }

    @Test
    void namesAMissingFile() throws IOException {
        TokenDataset dataset = SampleFiles.write(folder, 5, 5);
        Files.delete(folder.resolve("part-00001.parquet"));
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            assertSample(reader, 4); // what is whole can be read
            assertRefused(reader, 5, "part-00001.parquet", "is missing");
        }
    }

    @Test
    void namesAFileOfAnotherLength() throws IOException {
        TokenDataset dataset = SampleFiles.write(folder, 5);
        byte[] whole = Files.readAllBytes(folder.resolve(FILE));
        Files.write(folder.resolve(FILE), java.util.Arrays.copyOf(whole, whole.length - 1));
        assertRefused(dataset, FILE, "has " + (whole.length - 1) + " bytes", "says " + whole.length);
    }

    @Test
    void namesAFileOfAnotherDigest() throws IOException {
        TokenDataset dataset = SampleFiles.write(folder, 5);
        byte[] bytes = Files.readAllBytes(folder.resolve(FILE));
        bytes[bytes.length / 2] ^= 1;
        Files.write(folder.resolve(FILE), bytes);
        assertRefused(dataset, FILE, "is damaged", "hecksum"); // by the file that Hadoop keeps beside it
        deleteHadoopChecksums();
        assertRefused(
                dataset, FILE, "has SHA-256 ", dataset.manifest().files().get(0).sha256());
    }

    /** Where the manifest has no digest, Parquet's own checks and those of the rows are all there is: none may end in another error. */
    @Test
    void aTornFileWithoutADigestIsBadInputWhereverItEnds() throws IOException {
        TokenDataset dataset = SampleFiles.withoutDigests(SampleFiles.write(folder, 300), folder);
        deleteHadoopChecksums();
        byte[] whole = Files.readAllBytes(folder.resolve(FILE));
        for (int length = 0; length < whole.length; length += Math.max(1, whole.length / 97)) {
            Files.write(folder.resolve(FILE), java.util.Arrays.copyOf(whole, length));
            assertRefused(dataset, FILE);
        }
    }

    @Test
    void aDamagedFileWithoutADigestIsBadInputOrUnharmed() throws IOException {
        TokenDataset dataset = SampleFiles.withoutDigests(SampleFiles.write(folder, 300), folder);
        deleteHadoopChecksums();
        byte[] whole = Files.readAllBytes(folder.resolve(FILE));
        SplittableRandom random = new SplittableRandom(5);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(folder.resolve(FILE), damaged);
            try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
                for (long sample = 0; sample < 300; sample += 150) {
                    reader.read(sample, new int[LENGTH], 0);
                }
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining(FILE);
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void namesAFileWithAnotherNumberOfRows() throws IOException {
        write(THREE_LEVELS, 9, 4, (group, sample) -> threeLevels(group, sample, SampleFiles.ids(sample)));
        assertRefused(SampleFiles.describe(folder, FILE, 10), FILE, "has 9 rows", "says 10");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, VOCABULARY, Integer.MAX_VALUE})
    void namesTheRowOfAnIdOutsideTheVocabulary(int id) throws IOException {
        write(THREE_LEVELS, 10, 4, (group, sample) -> {
            int[] ids = SampleFiles.ids(sample);
            ids[2] = sample == 6 ? id : ids[2];
            threeLevels(group, sample, ids);
        });
        assertRefused(
                SampleFiles.describe(folder, FILE, 10), 6, FILE, "row 6", "token " + id, "position 2", "from 0 to 96");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, LENGTH - 1, LENGTH + 1})
    void namesTheRowOfAnotherLength(int length) throws IOException {
        write(THREE_LEVELS, 10, 4, (group, sample) -> {
            int[] ids = SampleFiles.ids(sample);
            threeLevels(group, sample, sample == 3 ? java.util.Arrays.copyOf(ids, length) : ids);
        });
        assertRefused(SampleFiles.describe(folder, FILE, 10), 3, FILE, "row 3", "has " + length + " tokens");
    }

    @Test
    void namesTheRowOfAnotherSample() throws IOException {
        write(
                THREE_LEVELS,
                10,
                4,
                (group, sample) -> threeLevels(group, sample == 5 ? 4 : sample, SampleFiles.ids(sample)));
        assertRefused(SampleFiles.describe(folder, FILE, 10), 5, FILE, "row 5", "sample = 4, must be 5");
    }

    @Test
    void namesTheRowOfANullToken() throws IOException {
        write(THREE_LEVELS, 10, 4, (group, sample) -> {
            threeLevels(
                    group, sample, java.util.Arrays.copyOf(SampleFiles.ids(sample), sample == 2 ? LENGTH - 1 : LENGTH));
            if (sample == 2) {
                group.getGroup("tokens", 0).addGroup("list");
            }
        });
        assertRefused(SampleFiles.describe(folder, FILE, 10), 2, FILE, "row 2", "has 5 tokens");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "message m { required int64 sample; required int64 tokens; }",
                "message m { required int32 sample; required group tokens (LIST) { repeated int32 array; } }",
                "message m { required int64 sample; required group tokens (LIST) { repeated int64 array; } }"
            })
    void namesAColumnOfAnotherType(String schema) throws IOException {
        write(schema, 0, 4, (group, sample) -> {});
        assertRefused(SampleFiles.describe(folder, FILE, 1), FILE, "of type", "must be");
    }

    @Test
    void namesAMissingColumn() throws IOException {
        write("message m { required int64 sample; required int32 words; }", 0, 4, (group, sample) -> {});
        assertRefused(SampleFiles.describe(folder, FILE, 1), FILE, "no column tokens", "[sample, words]");
    }

    @Test
    void refusesFoldersThatAreNoDatasetForGpt() throws IOException {
        assertThatThrownBy(() -> TokenDataset.open(folder.toString(), HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(folder.toString());
        new Manifest(
                        "bert",
                        5,
                        1,
                        new Manifest.Vocabulary("test", 9, 8),
                        List.of(new Manifest.DataFile(FILE, 0, 1, null, null)),
                        null,
                        java.util.Map.of())
                .write(SampleFiles.hadoop(folder), HADOOP);
        assertThatThrownBy(() -> TokenDataset.open(folder.toString(), HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("family bert");
    }

    @Test
    void refusesSamplesBeyondTheLast() throws IOException {
        try (SampleReader reader = new SampleReader(SampleFiles.write(folder, 5), HADOOP)) {
            assertThatThrownBy(() -> reader.read(5, new int[LENGTH], 0)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> reader.read(-1, new int[LENGTH], 0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private void write(String schema, long rows, int rowGroup, SampleFiles.Row row) throws IOException {
        SampleFiles.writeParquet(folder.resolve(FILE), MessageTypeParser.parseMessageType(schema), rows, rowGroup, row);
    }

    private void deleteHadoopChecksums() throws IOException {
        try (var files = Files.newDirectoryStream(folder, ".*.crc")) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private static void threeLevels(Group group, long sample, int[] ids) {
        group.append("sample", sample);
        Group tokens = group.addGroup("tokens");
        for (int id : ids) {
            tokens.addGroup("list").append("element", id);
        }
    }

    private static void assertReadsAll(TokenDataset dataset) throws IOException {
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (long sample = dataset.samples() - 1; sample >= 0; sample--) {
                assertSample(reader, sample);
            }
        }
    }

    private static void assertSample(SampleReader reader, long sample) throws IOException {
        int[] ids = new int[LENGTH + 2];
        reader.read(sample, ids, 1);
        assertThat(java.util.Arrays.copyOfRange(ids, 1, LENGTH + 1))
                .as("sample " + sample)
                .isEqualTo(SampleFiles.ids(sample));
        assertThat(ids[0] + ids[LENGTH + 1]).isZero();
    }

    private static void assertRefused(TokenDataset dataset, String... parts) throws IOException {
        assertRefused(dataset, 0, parts);
    }

    private static void assertRefused(TokenDataset dataset, long sample, String... parts) throws IOException {
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            assertRefused(reader, sample, parts);
        }
    }

    private static void assertRefused(SampleReader reader, long sample, String... parts) {
        assertThatThrownBy(() -> reader.read(sample, new int[LENGTH], 0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }
}
