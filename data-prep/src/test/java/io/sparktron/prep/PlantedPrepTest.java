package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.clean.CleanSettings;
import io.sparktron.prep.contamination.ContaminationSettings;
import io.sparktron.prep.duplicates.DuplicateSettings;
import io.sparktron.prep.planted.Planted;
import io.sparktron.prep.planted.PlantedCorpus;
import io.sparktron.prep.planted.PlantedDamage;
import io.sparktron.prep.planted.PlantedDuplicates.Pair;
import io.sparktron.prep.planted.PlantedNoise;
import io.sparktron.prep.planted.PlantedPages;
import io.sparktron.prep.quality.QualitySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole pipeline over the planted corpus: what the ledger says of each document is what was planted. */
class PlantedPrepTest {
    @TempDir
    static Path folder;

    private static PlantedCorpus corpus;
    private static Path output;
    /** Rows of the ledger by location below the corpus. */
    private static final Map<String, Row> ledger = new TreeMap<>();

    private static final Map<Long, String> texts = new HashMap<>();

    @BeforeAll
    static void prepare() throws IOException {
        corpus = PlantedCorpus.in(folder);
        output = folder.resolve("output");
        ContaminationSettings standard = ContaminationSettings.DEFAULT;
        Corpus.run(new SettingsBuilder(corpus.corpus().toString(), output.toString())
                .sequence(64)
                .minimumCharacters(1)
                .clean(new CleanSettings(true, true, true, false))
                .quality(new QualitySettings(List.of("en"), List.of(), List.of("tokens >= 128")))
                .duplicates(DuplicateSettings.DEFAULT)
                .contamination(new ContaminationSettings(
                        List.of(corpus.evaluation().toString()),
                        standard.ngram(),
                        standard.shortest(),
                        standard.common(),
                        standard.policy(),
                        standard.window(),
                        standard.shortestPiece(),
                        standard.mostPieces())));
        for (Row row : rows(output.resolve("ledger"))) {
            String location = below(row.getAs("location"));
            assertThat(ledger.put(location, row)).as(location).isNull();
        }
        for (Row row : rows(onlyStage("documents"))) {
            texts.put(row.getAs("id"), row.getAs("text"));
        }
    }

    @Test
    void theLedgerHasARowForEachDocumentAndNoOther() throws IOException {
        assertThat(ledger.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        corpus.planted().stream().map(Planted::location).toList());
        LedgerInvariants.check(LocalSpark.session(), output, corpus.planted().size());
    }

    /** Those that break rules of quality which are not set here are another test's. */
    @Test
    void whatBecomesOfEachDocumentIsWhatWasPlanted() {
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> found = new TreeMap<>();
        for (Planted planted : corpus.planted()) {
            if (!planted.location().startsWith("rules/")) {
                expected.put(planted.location(), told(planted.stage(), planted.rule(), planted.survivor()));
                Row row = ledger.get(planted.location());
                String survivor = row.getAs("survivor_location");
                String rule = "contamination".equals(row.getAs("stage")) ? "contamination" : row.getAs("rule");
                found.put(
                        planted.location(), told(row.getAs("stage"), rule, survivor == null ? null : below(survivor)));
            }
        }
        assertThat(found).containsExactlyEntriesOf(expected);
    }

    private static String told(String stage, String rule, String survivor) {
        return stage == null ? "kept" : stage + " by " + rule + (survivor == null ? "" : " for " + survivor);
    }

    @Test
    void aNearDuplicateIsToldWithItsExactSimilarity() {
        for (Pair pair : Pair.values()) {
            if (pair.similarity() > 0.7) {
                assertThat(ledger.get(pair.edited()).<Double>getAs("value")).isEqualTo(pair.similarity());
                assertThat(ledger.get(pair.edited()).<Long>getAs("cluster"))
                        .isEqualTo(ledger.get(pair.original()).<Long>getAs("cluster"))
                        .isNotNull();
            }
        }
    }

    @Test
    void personalDataAndMojibakeAreGone() {
        Row personal = ledger.get(PlantedNoise.PERSONAL);
        assertThat(personal.<Integer>getAs("masked")).isEqualTo(PlantedNoise.MASKED.length);
        assertThat(text(PlantedNoise.PERSONAL))
                .doesNotContain(PlantedNoise.MASKED)
                .contains(PlantedNoise.UNMASKED);
        assertThat(ledger.get(PlantedDamage.MOJIBAKE).<Integer>getAs("repaired"))
                .isPositive();
        assertThat(text(PlantedDamage.MOJIBAKE))
                .contains("‘café’", "naïve", "isn’t it?", "—", "Über Zürich")
                .doesNotContain("Ã", "â€");
    }

    @Test
    void pagesAreTheirMainTextAlone() throws IOException {
        int pages = 0;
        for (Planted planted : corpus.planted()) {
            if (planted.location().startsWith("pages/") && planted.isKept()) {
                assertThat(text(planted.location()))
                        .as(planted.location())
                        .doesNotContain(PlantedPages.BOILERPLATE.toArray(String[]::new));
                pages++;
            }
        }
        assertThat(pages).isEqualTo(4);
        String page = corpus.text(PlantedPages.PAGE);
        String main = page.substring(page.indexOf("<p>", page.indexOf("<article>")), page.indexOf("</article>"));
        assertThat(text(PlantedPages.PAGE).split("\\s+"))
                .containsExactly(main.replaceAll("</?p>", " ").strip().split("\\s+"));
    }

    private static String text(String location) {
        return texts.get(ledger.get(location).<Long>getAs("id"));
    }

    private static String below(String location) {
        return location.replaceFirst(".*\\Q" + corpus.corpus().toUri().getPath() + "\\E/*", "");
    }

    private static List<Row> rows(Path table) {
        return LocalSpark.session()
                .read()
                .option("recursiveFileLookup", true)
                .option("pathGlobFilter", "*.parquet")
                .parquet(table.toString())
                .collectAsList();
    }

    private static Path onlyStage(String name) throws IOException {
        try (Stream<Path> stages = Files.list(output.resolve("stages"))) {
            List<Path> found = stages.filter(
                            stage -> stage.getFileName().toString().startsWith(name + "-"))
                    .toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}
