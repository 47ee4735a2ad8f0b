package io.sparktron.prep.contamination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Everything at once, against the obvious computation. */
class QuoteOracleTest {
    @Test
    void equalsTheObviousComputation() {
        List<String> texts = QuoteOracle.corpus(3, 150);
        for (ContaminationSettings settings : List.of(
                settings(ContaminationSettings.Policy.DROP, 13, 8, 0, 200, 200, 10),
                settings(ContaminationSettings.Policy.DROP, 13, 13, 25, 200, 200, 10),
                settings(ContaminationSettings.Policy.CUT, 13, 8, 25, 200, 200, 10),
                settings(ContaminationSettings.Policy.CUT, 13, 9, 30, 20, 30, 2),
                settings(ContaminationSettings.Policy.CUT, 5, 5, 0, 0, 1, 1000))) {
            Map<Long, QuoteOracle.Result> found = new TreeMap<>();
            for (Row row : Tables.contamination(2, texts, QuoteOracle.evaluation(), settings)) {
                List<String> pieces =
                        row.isNullAt(4) ? null : Cuts.apply(texts.get((int) row.getLong(0)), row.getList(4));
                found.put(
                        row.getLong(0),
                        new QuoteOracle.Result(row.getInt(1), row.getString(2), row.getString(3), pieces));
            }
            Map<Long, QuoteOracle.Result> expected = QuoteOracle.contamination(texts, settings);
            assertThat(found).as("%s", settings).isEqualTo(expected);
            assertThat(expected).hasSizeBetween(20, 149);
            if (settings.policy() == ContaminationSettings.Policy.CUT) {
                assertThat(expected.values())
                        .anyMatch(result -> result.pieces() != null)
                        .anyMatch(result -> result.pieces() == null || settings.mostPieces() == 1000);
            }
        }
    }

    private static ContaminationSettings settings(
            ContaminationSettings.Policy policy,
            int ngram,
            int shortest,
            int common,
            int window,
            int shortestPiece,
            int mostPieces) {
        return new ContaminationSettings(
                List.of("evaluation"), ngram, shortest, common, policy, window, shortestPiece, mostPieces);
    }
}
