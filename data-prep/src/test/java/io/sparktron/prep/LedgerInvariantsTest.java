package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A good ledger passes, and each fault planted in it is found. */
class LedgerInvariantsTest {
    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType)
            .add("location", DataTypes.StringType)
            .add("problem", DataTypes.StringType)
            .add("fold", DataTypes.BinaryType)
            .add("language", DataTypes.StringType)
            .add("tokens", DataTypes.DoubleType)
            .add("kept", DataTypes.BooleanType)
            .add("stage", DataTypes.StringType)
            .add("rule", DataTypes.StringType)
            .add("value", DataTypes.DoubleType)
            .add("threshold", DataTypes.DoubleType)
            .add("survivor", DataTypes.LongType)
            .add("survivor_location", DataTypes.StringType)
            .add("cluster", DataTypes.LongType)
            .add("split", DataTypes.StringType)
            .add("copies", DataTypes.IntegerType)
            .add("stream_tokens", DataTypes.LongType);

    @TempDir
    Path folder;

    @Test
    void aGoodOutputPasses() throws IOException {
        LocalSpark.session()
                .createDataFrame(good(), SCHEMA)
                .write()
                .parquet(folder.resolve("ledger").toString());
        for (String split : List.of("train", "validation")) {
            Files.createDirectories(folder.resolve(split));
            manifests().get(split).write(Corpus.hadoop(folder.resolve(split)), new Configuration());
        }

        assertThatCode(() -> LedgerInvariants.check(LocalSpark.session(), folder, 9))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> LedgerInvariants.check(LocalSpark.session(), folder, 10))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("rows of the ledger");
    }

    @Test
    void findsEveryPlantedFault() {
        assertFound(1, "id", 0L, "another row with the id");
        assertFound(0, "split", null, "split of");
        assertFound(0, "split", "elsewhere", "split of");
        assertFound(0, "split", "validation", "split of others in the cluster");
        assertFound(0, "rule", "tokens >= 128", "rule of kept");
        assertFound(0, "copies", 0, "copies of");
        assertFound(0, "copies", 4, "stream_tokens modulo copies");
        assertFound(0, "stream_tokens", 92L, "stream_tokens of train");
        assertFound(1, "fold", fold(0), "has a fold of its own");
        assertFound(1, "split", "train", "token datasets, by the splits");
        assertFound(8, "split", "validation", "split of others in the cluster");
        assertFound(2, "stage", null, "stage of");
        assertFound(2, "stage", "lost", "stage of");
        assertFound(2, "rule", null, "rule of");
        assertFound(2, "problem", null, "problem of");
        assertFound(2, "split", "train", "split of dropped");
        assertFound(2, "stream_tokens", 7L, "stream_tokens of dropped");
        assertFound(2, "survivor", 0L, "survivor of");
        assertFound(3, "value", null, "value of");
        assertFound(3, "threshold", null, "threshold of");
        assertFound(3, "rule", "tokens >= 100", "number in the rule");
        assertFound(3, "tokens", 127.0, "measure of");
        assertFound(3, "problem", "NO_TEXT", "problem of");
        assertFound(4, "language", "en", "languages that would have been kept");
        assertFound(5, "survivor", null, "survivor of");
        assertFound(5, "survivor", 77L, "row of the survivor");
        assertFound(5, "survivor", 4L, "survivor_location of");
        assertFound(5, "survivor_location", "other", "survivor_location of");
        assertFound(5, "fold", fold(9), "fold of the survivor");
        assertFound(5, "value", 0.9, "value of");
        assertFound(6, "value", 0.7, "value of");
        assertFound(6, "cluster", null, "cluster of");
        assertFound(6, "stage", "exact-duplicate", "place of the stage that dropped");
        assertFound(7, "value", 0.0, "value of");
    }

    @Test
    void findsARuleThatDoesNotFail() {
        List<Row> rows = good();
        rows.set(3, with(with(rows.get(3), "value", 128.0), "tokens", 128.0));
        assertFault(rows, "value of");
        rows.set(3, with(rows.get(3), "rule", "tokens <= 128"));
        assertFault(rows, "value of");
        rows.set(3, with(with(rows.get(3), "value", 129.0), "tokens", 129.0));
        assertThatCode(() -> LedgerInvariants.check(rows, manifests(), 9)).doesNotThrowAnyException();
    }

    /** Two kept documents, and one dropped by each stage; the exact duplicate's survivor is a near duplicate. */
    private static List<Row> good() {
        return new ArrayList<>(List.of(
                kept(0, 6L, "train", 2, 90),
                kept(1, null, "validation", 1, 70),
                dropped(2, "read", "no-text", null, null, null, null, with("problem", "NO_TEXT"), with("fold", null)),
                dropped(3, "filter", "tokens >= 128", 100.0, 128.0, null, null, with("tokens", 100.0)),
                dropped(4, "filter", "language in [en, de]", 0.8, null, null, null, with("language", "fr")),
                dropped(5, "exact-duplicate", "exact-duplicate", 1.0, 1.0, 6L, null, with("fold", fold(6))),
                dropped(6, "near-duplicate", "near-duplicate", 0.8, 0.7, 0L, 6L),
                dropped(7, "contamination", "lambada.txt", 3.0, 0.0, null, null),
                kept(8, 6L, "train", 1, 20)));
    }

    private static Map<String, Manifest> manifests() {
        return new HashMap<>(Map.of("train", manifest(2, 110), "validation", manifest(1, 70)));
    }

    private static Manifest manifest(long documents, long tokens) {
        return new Manifest(
                Manifest.GPT,
                8,
                2,
                new Manifest.Vocabulary("gpt2", 50257, 50256),
                List.of(new Manifest.DataFile("part-00000.parquet", 0, 2, null, null)),
                new Manifest.Counts(documents, 1000, tokens, 1),
                Map.of());
    }

    private record Change(String column, Object value) {}

    private static Change with(String column, Object value) {
        return new Change(column, value);
    }

    private static Row kept(long id, Long cluster, String split, int copies, long tokens) {
        return row(
                id, null, fold(id), "en", 200.0, true, null, null, null, null, null, null, cluster, split, copies,
                tokens);
    }

    private static Row dropped(
            long id,
            String stage,
            String rule,
            Double value,
            Double threshold,
            Long survivor,
            Long cluster,
            Change... changes) {
        String survivorLocation = survivor == null ? null : "place " + survivor;
        Row row = row(
                id,
                null,
                fold(id),
                "en",
                200.0,
                false,
                stage,
                rule,
                value,
                threshold,
                survivor,
                survivorLocation,
                cluster,
                null,
                null,
                null);
        for (Change change : changes) {
            row = with(row, change.column(), change.value());
        }
        return row;
    }

    private static Row row(long id, Object... afterLocation) {
        Object[] values = new Object[SCHEMA.size()];
        values[0] = id;
        values[1] = "place " + id;
        System.arraycopy(afterLocation, 0, values, 2, afterLocation.length);
        return new GenericRowWithSchema(values, SCHEMA);
    }

    private static Row with(Row row, String column, Object value) {
        Object[] values = new Object[SCHEMA.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i == SCHEMA.fieldIndex(column) ? value : row.get(i);
        }
        return new GenericRowWithSchema(values, SCHEMA);
    }

    private static byte[] fold(long id) {
        byte[] fold = new byte[16];
        fold[0] = (byte) id;
        return fold;
    }

    private static void assertFound(int row, String column, Object value, String message) {
        List<Row> rows = good();
        rows.set(row, with(rows.get(row), column, value));
        assertFault(rows, message);
    }

    private static void assertFault(List<Row> rows, String message) {
        assertThatThrownBy(() -> LedgerInvariants.check(rows, manifests(), 9))
                .as(message)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(message);
    }
}
