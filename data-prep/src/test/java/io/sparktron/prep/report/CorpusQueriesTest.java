package io.sparktron.prep.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.LocalSpark;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CorpusQueriesTest {
    /** Nine documents: three kept, six dropped by four stages. */
    private static final String LEDGER = """
            SELECT * FROM VALUES
              (1L, 'web', 'a:0', 1000L, 300D, 'en', true, NULL, NULL, NULL, NULL, NULL, NULL, 2, 600L),
              (2L, 'web', 'a:1', 900L, 255D, 'en', true, NULL, NULL, NULL, NULL, NULL, NULL, 1, 256L),
              (3L, 'web', 'a:2', 40L, 0D, 'unknown', false, 'filter', 'tokens', 0D, 128D, NULL, NULL, NULL, NULL),
              (4L, 'web', 'a:3', 50L, 127D, 'en', false, 'filter', 'tokens', 127D, 128D, NULL, NULL, NULL, NULL),
              (5L, 'web', 'a:4', 0L, NULL, NULL, false, 'read', 'undecodable', NULL, NULL, NULL, NULL, NULL, NULL),
              (6L, 'wiki', 'b:0', 800L, 256D, 'de', true, NULL, NULL, NULL, NULL, NULL, NULL, 1, 257L),
              (7L, 'wiki', 'b:1', 990L, 299D, 'en', false, 'near-duplicate', 'near-duplicate', 0.9D, 0.7D, 1L, 'a:0', NULL, NULL),
              (8L, 'wiki', 'b:2', 980L, 298D, 'en', false, 'near-duplicate', 'near-duplicate', 0.8D, 0.7D, 1L, 'a:0', NULL, NULL),
              (9L, 'wiki', 'b:3', 900L, 255D, 'en', false, 'exact-duplicate', 'exact-duplicate', 1D, 1D, 2L, 'a:1', NULL, NULL)
            AS ledger(id, source, location, characters, tokens, language, kept, stage, rule, value, threshold, survivor,
              survivor_location, copies, stream_tokens)
            """;

    private static CorpusReport report(int partitions) {
        Dataset<Row> ledger = LocalSpark.session().sql(LEDGER).repartition(partitions);
        Dataset<Row> documents = ledger.selectExpr(
                "id", "location", "if(tokens IS NULL, NULL, concat(location, repeat('x', 300))) AS text");
        return CorpusQueries.report(ledger, documents, List.of("wiki", "empty", "web"));
    }

    private static CorpusReport report;

    @BeforeAll
    static void ask() {
        report = report(3);
    }

    @Test
    void theFunnelLosesExactlyWhatEachStageDropped() {
        assertThat(report.funnel())
                .containsExactly(
                        new CorpusReport.Stage("read", 1, 0, 8, 5660),
                        new CorpusReport.Stage("filter", 2, 90, 6, 5570),
                        new CorpusReport.Stage("exact-duplicate", 1, 900, 5, 4670),
                        new CorpusReport.Stage("near-duplicate", 2, 1970, 3, 2700),
                        new CorpusReport.Stage("contamination", 0, 0, 3, 2700),
                        new CorpusReport.Stage("pack", 0, 0, 3, 2700));
    }

    @Test
    void sourcesComeInTheirOrderAndEmptyOnesToo() {
        assertThat(report.sources())
                .containsExactly(
                        new CorpusReport.Source("wiki", 4, 3670, 1, 800, 257),
                        new CorpusReport.Source("empty", 0, 0, 0, 0, 0),
                        new CorpusReport.Source("web", 5, 1990, 2, 1900, 856));
    }

    @Test
    void binsOfLengthsBeginAtPowersOfTwo() {
        assertThat(report.lengths())
                .containsExactly(
                        new CorpusReport.Bin(0, 0, 0, 1),
                        new CorpusReport.Bin(64, 127, 0, 1),
                        new CorpusReport.Bin(128, 255, 1, 1),
                        new CorpusReport.Bin(256, 511, 2, 2));
    }

    @Test
    void languagesAndGroupsAreCounted() {
        assertThat(report.languages())
                .containsExactly(
                        new CorpusReport.Language("en", 2, 4),
                        new CorpusReport.Language("de", 1, 0),
                        new CorpusReport.Language("unknown", 0, 1));
        assertThat(report.groups())
                .containsExactly(new CorpusReport.Group(2, 2, 1, 1), new CorpusReport.Group(3, 4, 1, 2));
    }

    @Test
    void examplesShowBothTextsAndWhatWasMeasured() {
        List<CorpusReport.Rule> rules = report.rules();
        assertThat(rules)
                .extracting(CorpusReport.Rule::stage)
                .containsExactly("read", "filter", "exact-duplicate", "near-duplicate");
        assertThat(rules.get(0).examples()).containsExactly(new CorpusReport.Example("a:4", null, null, null, null));
        assertThat(rules.get(0).threshold()).isNull();
        assertThat(rules.get(3).threshold()).isEqualTo(0.7);
        assertThat(rules.get(3).examples())
                .contains(
                        new CorpusReport.Example("b:1", 0.9, "b:1" + "x".repeat(237), "a:0", "a:0" + "x".repeat(237)));
    }

    @Test
    void nothingDependsOnPartitions() {
        assertThat(report(7)).isEqualTo(report);
    }
}
