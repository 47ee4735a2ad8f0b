package io.sparktron.prep.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.prep.LocalSpark;
import io.sparktron.prep.quality.FilteredDocuments;
import io.sparktron.prep.quality.QualityMeasures;
import io.sparktron.prep.quality.QualitySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every rule of quality, one by one, drops what was planted for it and leaves good English alone. */
class PlantedRulesTest {
    private static final List<String> SETS = List.of("gopher-quality", "gopher-repetition", "c4", "fineweb");
    /** Plain passages, which break no rule. */
    private static final Set<String> GOOD =
            Set.of("duplicates/j050-original.txt", "duplicates/chain-a.txt", PlantedNoise.PERSONAL);

    @TempDir
    static Path folder;

    private static final List<String> locations = new ArrayList<>();
    private static PlantedCorpus corpus;
    private static List<Row> measured;
    private static Dataset<Row> measures;

    @BeforeAll
    static void measure() throws IOException {
        corpus = PlantedCorpus.in(folder);
        Set<String> chosen = new TreeSet<>(corpus.breaking().values());
        chosen.addAll(GOOD);
        PlantedLanguages.LANGUAGES.forEach(language -> chosen.add(PlantedLanguages.location(language)));
        List<Row> documents = new ArrayList<>();
        for (String location : chosen) {
            documents.add(RowFactory.create(
                    (long) locations.size(), null, corpus.text(location).strip()));
            locations.add(location);
        }
        SparkSession spark = LocalSpark.session();
        Dataset<Row> texts =
                spark.createDataFrame(documents, StructType.fromDDL("id BIGINT, problem STRING, text STRING"));
        measured = QualityMeasures.from(texts).collectAsList();
        measures = spark.createDataFrame(measured, QualityMeasures.SCHEMA);
    }

    @Test
    void eachRuleDropsWhatBreaksItAndLeavesGoodTextAlone() {
        Map<String, Set<String>> dropped = new HashMap<>();
        List<String> rules = new ArrayList<>(corpus.breaking().keySet());
        for (Row row : all(rules)) {
            assertThat(row.getString(1)).isEqualTo(rules.get(row.getInt(0)));
            dropped.computeIfAbsent(row.getString(1), rule -> new TreeSet<>()).add(locations.get((int) row.getLong(2)));
        }
        for (String rule : rules) {
            assertThat(dropped.get(rule))
                    .as(rule)
                    .contains(corpus.breaking().get(rule))
                    .doesNotContainAnyElementsOf(GOOD);
        }
    }

    /** One query for all. */
    private static List<Row> all(List<String> rules) {
        Dataset<Row> all = null;
        for (int i = 0; i < rules.size(); i++) {
            QualitySettings one = new QualitySettings(List.of(), List.of(), List.of(rules.get(i)));
            Dataset<Row> filtered = FilteredDocuments.from(measures, one)
                    .select(functions.lit(i), functions.col("rule"), functions.col("id"));
            all = all == null ? filtered : all.union(filtered);
        }
        return all.collectAsList();
    }

    @Test
    void aDocumentIsPlantedForEveryPublishedRule() {
        Set<String> published = new TreeSet<>();
        new QualitySettings(List.of("en"), SETS, List.of("tokens >= 128"))
                .inOrder()
                .forEach(rule -> published.add(rule.text()));
        published.remove("language in [en]");
        assertThat(corpus.breaking().keySet()).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void findsThePlantedLanguages() {
        Map<String, String> found = new TreeMap<>();
        for (Row row : measured) {
            String location = locations.get((int) row.getLong(0));
            if (location.startsWith("languages/")) {
                found.put(location, PlantedLanguages.location(row.getAs("language")));
            }
        }
        assertThat(found).hasSize(PlantedLanguages.LANGUAGES.size());
        assertThat(found).allSatisfy((planted, language) -> assertThat(language).isEqualTo(planted));
    }

    /** What can be counted by hand. */
    @Test
    void valuesAreThoseThatWerePlanted() {
        Map<String, Row> rows = new HashMap<>();
        measured.forEach(row -> rows.put(locations.get(row.<Long>getAs("id").intValue()), row));
        assertThat(value(rows, "words >= 50", "words")).isEqualTo(8);
        assertThat(value(rows, "stop_words >= 2", "stop_words")).isZero();
        assertThat(value(rows, "alpha_words >= 0.8", "alpha_words")).isEqualTo(2 / 3.0, within(1e-12));
        assertThat(value(rows, "bullet_lines <= 0.9", "bullet_lines")).isEqualTo(1);
        assertThat(value(rows, "ellipsis_lines <= 0.3", "ellipsis_lines")).isEqualTo(1);
        assertThat(value(rows, "line_end_punctuation >= 0.12", "line_end_punctuation"))
                .isZero();
        assertThat(value(rows, "lorem_ipsum <= 0", "lorem_ipsum")).isEqualTo(1);
        assertThat(value(rows, "curly_braces <= 0", "curly_braces")).isEqualTo(2);
        assertThat(value(rows, "sentences >= 5", "sentences")).isEqualTo(1);
        assertThat(rows.get("duplicates/chain-a.txt").<Double>getAs("words")).isEqualTo(454);
    }

    private static double value(Map<String, Row> rows, String rule, String measure) {
        return rows.get(corpus.breaking().get(rule)).<Double>getAs(measure);
    }
}
