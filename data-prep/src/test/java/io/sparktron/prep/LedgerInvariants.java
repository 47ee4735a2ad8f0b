package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What holds of every output, whatever the corpus and the settings: the ledger is complete, says for every document why it is kept or not, and
 * agrees with the token datasets. Written from the description of the table alone, for small outputs: all rows are collected.
 *
 * <pre>
 *   LedgerInvariants.check(spark, output, documentsOfTheInput);
 * </pre>
 */
public final class LedgerInvariants {
    private static final List<String> STAGES =
            List.of("read", "filter", "exact-duplicate", "near-duplicate", "contamination", "pack");
    private static final Set<String> WITH_SURVIVOR = Set.of("exact-duplicate", "near-duplicate");
    private static final List<String> SPLITS = List.of("train", "validation", "test");
    private static final Pattern MEASURE_RULE = Pattern.compile("(\\w+) (>=|<=) (\\S+)");
    private static final Pattern LANGUAGE_RULE = Pattern.compile("language in \\[(.*)]");

    private final List<Row> rows;
    private final Map<Long, Row> byId = new HashMap<>();

    private LedgerInvariants(List<Row> rows) {
        this.rows = rows;
    }

    /**
     * @param output folder of {@code prep.output}
     * @param documents of the input, as the test knows them
     */
    public static void check(SparkSession spark, Path output, long documents) throws IOException {
        List<Row> rows = spark.read()
                .parquet(output.resolve("ledger").toUri().toString())
                .collectAsList();
        Map<String, Manifest> manifests = new HashMap<>();
        Configuration configuration = new Configuration();
        for (String split : SPLITS) {
            var folder = new org.apache.hadoop.fs.Path(output.resolve(split).toUri());
            if (Manifest.existsIn(folder, configuration)) {
                manifests.put(split, Manifest.read(folder, configuration));
            }
        }
        check(rows, manifests, documents);
    }

    /** @param manifests by split; a split without samples has none */
    static void check(List<Row> rows, Map<String, Manifest> manifests, long documents) {
        LedgerInvariants ledger = new LedgerInvariants(rows);
        assertThat((long) rows.size()).as("rows of the ledger").isEqualTo(documents);
        for (Row row : rows) {
            assertThat(ledger.byId.put(row.<Long>getAs("id"), row))
                    .as("another row with the id of %s", row)
                    .isNull();
        }
        for (Row row : rows) {
            if (row.<Boolean>getAs("kept")) {
                ledger.checkKept(row);
            } else {
                ledger.checkDropped(row);
            }
        }
        ledger.checkNoTwoKeptAreEqual();
        ledger.checkClustersAreInOneSplit();
        ledger.checkTokens(manifests);
    }

    private void checkKept(Row row) {
        for (String column : List.of("problem", "stage", "rule", "value", "threshold", "survivor")) {
            assertThat(row.<Object>getAs(column))
                    .as("%s of kept %s", column, row)
                    .isNull();
        }
        assertThat(row.<String>getAs("split")).as("split of %s", row).isIn(SPLITS);
        assertThat(row.<Integer>getAs("copies")).as("copies of %s", row).isPositive();
        long tokens = row.<Long>getAs("stream_tokens");
        assertThat(tokens).as("stream_tokens of %s", row).isPositive();
        assertThat(tokens % row.<Integer>getAs("copies"))
                .as("stream_tokens modulo copies of %s", row)
                .isZero();
    }

    private void checkDropped(Row row) {
        String stage = row.getAs("stage");
        assertThat(stage).as("stage of %s", row).isIn(STAGES);
        assertThat(row.<String>getAs("rule")).as("rule of %s", row).isNotBlank();
        assertThat(row.<String>getAs("split")).as("split of dropped %s", row).isNull();
        assertThat(row.<Object>getAs("stream_tokens"))
                .as("stream_tokens of dropped %s", row)
                .isIn(null, 0L);
        assertThat(row.<String>getAs("problem") != null)
                .as("problem of %s, and dropped as it was read", row)
                .isEqualTo(stage.equals("read"));
        if (WITH_SURVIVOR.contains(stage)) {
            checkSurvivor(row, stage);
        } else {
            assertThat(row.<Long>getAs("survivor")).as("survivor of %s", row).isNull();
        }
        switch (stage) {
            case "filter" -> checkRuleFails(row);
            case "exact-duplicate" ->
                assertThat(row.<Double>getAs("value")).as("value of %s", row).isEqualTo(row.<Double>getAs("threshold"));
            case "near-duplicate", "contamination" ->
                assertThat(row.<Double>getAs("value"))
                        .as("value of %s", row)
                        .isGreaterThan(row.<Double>getAs("threshold"));
            default -> {
                // What cannot be read or packed fails no number.
            }
        }
    }

    /** A filter's rule says itself what is legal, and of which measure; the rule on length in characters is older and does not. */
    private static void checkRuleFails(Row row) {
        String rule = row.getAs("rule");
        Double value = row.getAs("value");
        Double threshold = row.getAs("threshold");
        assertThat(value).as("value of %s", row).isNotNull();
        Matcher languages = LANGUAGE_RULE.matcher(rule);
        if (languages.matches()) {
            assertThat(List.of(languages.group(1).split(", ")))
                    .as("languages that would have been kept, of %s", row)
                    .doesNotContain(row.<String>getAs("language"));
            return;
        }
        assertThat(threshold).as("threshold of %s", row).isNotNull();
        boolean atMost = false;
        Matcher measure = MEASURE_RULE.matcher(rule);
        if (measure.matches()) {
            assertThat(row.<Number>getAs(measure.group(1)).doubleValue()) // characters are whole numbers
                    .as("measure of %s", row)
                    .isEqualTo(value);
            assertThat(Double.parseDouble(measure.group(3)))
                    .as("number in the rule of %s", row)
                    .isEqualTo(threshold);
            atMost = measure.group(2).equals("<=");
        }
        if (atMost) {
            assertThat(value).as("value of %s", row).isGreaterThan(threshold);
        } else {
            assertThat(value).as("value of %s", row).isLessThan(threshold);
        }
    }

    /** A survivor is kept, or a later stage dropped it: what survives an exact duplicate may be a near duplicate of a third. */
    private void checkSurvivor(Row row, String stage) {
        assertThat(row.<Long>getAs("survivor")).as("survivor of %s", row).isNotNull();
        Row survivor = byId.get(row.<Long>getAs("survivor"));
        assertThat(survivor).as("row of the survivor of %s", row).isNotNull();
        assertThat(row.<String>getAs("survivor_location"))
                .as("survivor_location of %s", row)
                .isEqualTo(survivor.<String>getAs("location"));
        if (!survivor.<Boolean>getAs("kept")) {
            assertThat(STAGES.indexOf(survivor.<String>getAs("stage")))
                    .as("place of the stage that dropped %s, the survivor of %s", survivor, row)
                    .isGreaterThan(STAGES.indexOf(stage));
        }
        if (stage.equals("exact-duplicate")) {
            assertThat(fold(survivor)).as("fold of the survivor of %s", row).isEqualTo(fold(row));
        } else {
            assertThat(row.<Long>getAs("cluster"))
                    .as("cluster of %s", row)
                    .isNotNull()
                    .isEqualTo(survivor.<Long>getAs("cluster"));
        }
    }

    private void checkNoTwoKeptAreEqual() {
        Set<ByteBuffer> folds = new HashSet<>();
        for (Row row : rows) {
            if (row.<Boolean>getAs("kept")) {
                assertThat(folds.add(fold(row)))
                        .as("%s has a fold of its own", row)
                        .isTrue();
            }
        }
    }

    private static ByteBuffer fold(Row row) {
        byte[] fold = row.getAs("fold");
        assertThat(fold).as("fold of %s", row).hasSize(16);
        return ByteBuffer.wrap(fold);
    }

    private void checkClustersAreInOneSplit() {
        Map<Long, String> splits = new HashMap<>();
        for (Row row : rows) {
            Long cluster = row.getAs("cluster");
            if (cluster != null && row.<Boolean>getAs("kept")) {
                String split = row.getAs("split");
                String other = splits.putIfAbsent(cluster, split);
                assertThat(other)
                        .as("split of others in the cluster of %s", row)
                        .isIn(null, split);
            }
        }
    }

    private void checkTokens(Map<String, Manifest> manifests) {
        Map<String, Long> tokens = new TreeMap<>();
        Map<String, Long> documents = new TreeMap<>();
        for (Row row : rows) {
            if (row.<Boolean>getAs("kept")) {
                tokens.merge(row.getAs("split"), row.<Long>getAs("stream_tokens"), Long::sum);
                documents.merge(row.getAs("split"), 1L, Long::sum);
            }
        }
        assertThat(manifests).as("token datasets").isNotEmpty();
        assertThat(manifests.keySet())
                .as("token datasets, by the splits of the ledger")
                .isSubsetOf(tokens.keySet());
        manifests.forEach((split, manifest) -> {
            assertThat(tokens.get(split))
                    .as("stream_tokens of %s", split)
                    .isEqualTo(manifest.counts().tokens());
            assertThat(documents.get(split))
                    .as("documents of %s", split)
                    .isEqualTo(manifest.counts().documents());
        });
        int sequence = manifests.values().iterator().next().sequence();
        tokens.keySet().removeAll(manifests.keySet());
        tokens.forEach((split, left) ->
                assertThat(left).as("tokens of %s, which has no dataset", split).isLessThanOrEqualTo(sequence));
    }
}
