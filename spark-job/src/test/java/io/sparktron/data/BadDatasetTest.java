package io.sparktron.data;

import static io.sparktron.data.Datasets.HADOOP;
import static io.sparktron.data.Datasets.LENGTH;
import static io.sparktron.data.Datasets.OWN_SCHEMA;
import static io.sparktron.data.Datasets.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.data.Datasets.Row;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadDatasetTest {
    /** As Spark and pyarrow write: everything may be null. */
    private static final String NULLABLE =
            "optional int64 sample; optional group tokens (LIST) { repeated group list { optional int32 element; } }";

    @TempDir
    Path folder;

    @Test
    void namesAMissingFolder() {
        Path missing = folder.resolve("nowhere");
        assertThatThrownBy(() -> TokenDataset.open(missing.toString(), HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(missing.toString(), "not a token dataset", "legal:");
    }

    @Test
    void namesAPathOfAnUnknownFileSystem() {
        assertThatThrownBy(() -> TokenDataset.open("tape://vault/train", HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("tape://vault/train", "tape");
    }

    @Test
    void namesAnotherFamily() {
        TokenDataset dataset = Datasets.write(folder, 3);

        assertThatThrownBy(() -> dataset.requireFamily("data.train", "bert"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(
                        "data.train = ",
                        folder.toString(),
                        "family gpt",
                        "model is of family bert",
                        "prep.family = bert");
    }

    @Test
    void namesAMissingFile() throws IOException {
        TokenDataset dataset = Datasets.write(folder, 256, 3);
        Files.delete(folder.resolve(Datasets.name(1)));

        assertRefused(dataset, Datasets.name(1), "is missing", "legal:");
    }

    @Test
    void namesATornFile() throws IOException {
        TokenDataset dataset = Datasets.write(folder, 30);
        byte[] whole = Files.readAllBytes(file());
        Files.write(overwritten(file()), Arrays.copyOf(whole, whole.length / 2));

        assertRefused(dataset, name(), "has " + whole.length / 2 + " bytes", "legal: " + whole.length);
    }

    @Test
    void namesAWrongDigest() throws IOException {
        TokenDataset dataset = Datasets.write(folder, 30);
        String expected = dataset.manifest().files().get(0).sha256();
        byte[] bytes = Files.readAllBytes(file());
        bytes[bytes.length / 2] ^= 1;
        Files.write(overwritten(file()), bytes);

        assertRefused(dataset, name(), "has SHA-256", "legal: " + expected);
        assertRefused(dataset, name(), "has SHA-256"); // the digest of a refused file is not taken for checked
    }

    @Test
    void namesAFileThatHadoopsChecksumsRefuse() throws IOException {
        TokenDataset dataset = Datasets.withoutDigests(folder, Datasets.write(folder, 30));
        byte[] bytes = Files.readAllBytes(file());
        bytes[10] ^= 1;
        Files.write(file(), bytes); // the .crc file beside it stays

        assertRefused(dataset, name(), "torn or damaged", "legal:");
    }

    /** Without length and digest in the manifest: wherever a file ends, it is noticed. */
    @Test
    void namesAFileTornAnywhere() throws IOException {
        TokenDataset dataset = Datasets.withoutDigests(folder, Datasets.write(folder, 30));
        byte[] whole = Files.readAllBytes(file());
        overwritten(file());
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertRefused(dataset, name(), "torn or damaged", "legal: a whole Parquet file");
        }
    }

    @Test
    void noByteChangesUnderADigest() throws IOException {
        TokenDataset dataset = Datasets.write(folder, 9);
        byte[] whole = Files.readAllBytes(file());
        overwritten(file());
        for (int at = 0; at < whole.length; at++) {
            Files.write(file(), changed(whole, at));
            assertRefused(dataset, name(), "has SHA-256");
        }
    }

    /**
     * Without digest in the manifest: a byte that changes is noticed, or changes no sample. The values lie plainly in their page: behind a dictionary,
     * the head of a page could make it shorter unnoticed.
     */
    @Test
    void aChangedByteIsNoticedByParquetsChecksums() throws IOException {
        TokenDataset dataset = foreign(OWN_SCHEMA, Datasets.rows(0, 9));
        byte[] whole = Files.readAllBytes(file());
        int refused = 0;
        for (int at = 0; at < whole.length; at++) {
            Files.write(file(), changed(whole, at));
            try {
                readAll(dataset);
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining(name());
                refused++;
            }
        }
        // At least in the pages' bodies: 8 bytes of every sample's number and 4 of every id, compressed not at all.
        assertThat(refused).isGreaterThan(9 * (8 + 4 * LENGTH));
    }

    /** Behind compression and dictionaries, and in the footer, damage shows in many ways, all of which are the file's fault. */
    @Test
    void aDamagedFileIsBadInputHoweverItShows() throws IOException {
        TokenDataset dataset = Datasets.withoutDigests(folder, Datasets.write(folder, 300));
        byte[] whole = Files.readAllBytes(file());
        overwritten(file());
        int refused = 0;
        for (int at = 0; at < whole.length; at += 17) {
            Files.write(file(), changed(whole, at));
            try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
                reader.read(0, new int[LENGTH], 0);
                reader.read(299, new int[LENGTH], 0);
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining(name());
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    private static byte[] changed(byte[] bytes, int at) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) (1 << at % 8);
        return changed;
    }

    @Test
    void namesWhatIsNoParquet() throws IOException {
        TokenDataset dataset = Datasets.withoutDigests(folder, Datasets.write(folder, 30));
        Files.write(overwritten(file()), "sample,tokens\n0,5\n".getBytes(StandardCharsets.UTF_8));

        assertRefused(dataset, name(), "torn or damaged", "legal: a whole Parquet file");
    }

    @Test
    void namesAWrongNumberOfRows() {
        Manifest.DataFile written = Datasets.writeFile(file(), 0, OWN_SCHEMA, 10, Datasets.rows(0, 30));
        TokenDataset dataset = Datasets.describe(
                folder, List.of(new Manifest.DataFile(written.path(), 0, written.samples() + 1, null, null)));

        assertRefused(dataset, name(), "has 30 rows", "legal: 31");
    }

    @Test
    void namesAMissingColumn() {
        assertRefused(
                foreign("required int64 sample; required int32 ids;", Datasets.rows(0, 1)),
                name(),
                "no column tokens",
                "[sample, ids]");
        assertRefused(
                foreign("required int64 number; repeated int32 tokens;", Datasets.rows(0, 1)),
                name(),
                "no column sample",
                "[number, tokens]");
    }

    @Test
    void namesAColumnOfAnotherType() {
        String sample = "required int64 sample; ";
        String tokens = " repeated int32 tokens;";
        for (String fields : List.of(
                sample + "required int32 tokens;",
                sample + "repeated int64 tokens;",
                sample + "repeated group tokens { required int32 id; required int32 place; }",
                sample + "required group tokens (LIST) { repeated group list { repeated int32 element; } }")) {
            assertRefused(foreign(fields, List.of()), name(), "has column tokens of type", "legal: a list of INT32");
        }
        for (String fields : List.of("required int32 sample;", "required binary sample;", "repeated int64 sample;")) {
            assertRefused(foreign(fields + tokens, List.of()), name(), "has column sample of type", "legal: INT64");
        }
    }

    @Test
    void namesASampleOutOfPlace() {
        assertBadRow(new Row(18L, row(17).tokens()), "has sample = 18; legal: 17");
        assertBadRow(new Row(null, row(17).tokens()), "has sample = null; legal: 17");
    }

    @Test
    void namesAWrongNumberOfTokens() {
        assertBadRow(new Row(17L, 1, 2, 3, 4, 5), "has 5 tokens; legal: 6");
        assertBadRow(new Row(17L, 1, 2, 3, 4, 5, 6, 7), "has 7 tokens; legal: 6");
        assertBadRow(new Row(17L), "has 0 tokens; legal: 6");
        assertBadRow(new Row(17L, (Integer[]) null), "has 0 tokens; legal: 6");
    }

    @Test
    void namesAnIdOutsideTheVocabulary() {
        assertBadRow(new Row(17L, 1, 2, 101, 4, 5, 6), "has id 101 at position 2 of tokens; legal: 0 to 100");
        assertBadRow(new Row(17L, 1, 2, 3, 4, 5, -1), "has id -1 at position 5 of tokens; legal: 0 to 100");
        assertBadRow(new Row(17L, 1, null, 3, 4, 5, 6), "has null at position 1 of tokens; legal: 0 to 100");
    }

    /** The error stays, whatever was asked before. */
    @Test
    void staysRefused() throws IOException {
        List<Row> rows = new ArrayList<>(Datasets.rows(0, 300));
        rows.set(299, new Row(299L, 1));
        TokenDataset dataset = foreign(OWN_SCHEMA, rows);
        int[] ids = new int[LENGTH];
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (int i = 0; i < 2; i++) {
                reader.read(255, ids, 0);
                assertThat(ids).isEqualTo(Datasets.ids(255));
                assertThatThrownBy(() -> reader.read(256, ids, 0))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("row 299");
            }
        }
    }

    /** Row 17 of a file whose other rows are good. */
    private void assertBadRow(Row bad, String message) {
        List<Row> rows = new ArrayList<>(Datasets.rows(0, 30));
        rows.set(17, bad);
        assertRefused(foreign(NULLABLE, rows), name() + ", row 17, " + message);
    }

    /** A dataset of one file in row groups of 10; it claims a row even if it has none, as a manifest must. */
    private TokenDataset foreign(String fields, List<Row> rows) {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        List<Row> written = rows.isEmpty() ? List.of(new Row(null, (Integer[]) null)) : rows;
        return Datasets.describe(folder, List.of(Datasets.writeFile(file(), 0, fields, 10, written)));
    }

    private static void assertRefused(TokenDataset dataset, String... message) {
        assertThatThrownBy(() -> readAll(dataset))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(message);
    }

    private static void readAll(TokenDataset dataset) throws IOException {
        int[] ids = new int[LENGTH];
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (long sample = 0; sample < dataset.samples(); sample++) {
                reader.read(sample, ids, 0);
                assertThat(ids).isEqualTo(Datasets.ids(sample));
            }
        }
    }

    private Path file() {
        return folder.resolve(name());
    }

    private static String name() {
        return Datasets.name(0);
    }

    /** A file without Hadoop's checksums beside it, so that others may write it. */
    private static Path overwritten(Path file) throws IOException {
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
        return file;
    }
}
