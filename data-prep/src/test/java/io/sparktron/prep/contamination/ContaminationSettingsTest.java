package io.sparktron.prep.contamination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused, by the name of its key. */
class ContaminationSettingsTest {
    @Test
    void namesTheKeyThatIsWrong() {
        assertRefused(List.of("a", " "), 13, 8, 10, 200, 200, 10, "input = [a,  ]; legal: paths or globs");
        assertRefused(List.of(), 0, 0, 10, 200, 200, 10, "ngram = 0; legal: 1 to 64");
        assertRefused(List.of(), 65, 8, 10, 200, 200, 10, "ngram = 65");
        assertRefused(List.of(), 13, 14, 10, 200, 200, 10, "shortest = 14; legal: 1 to prep.decontaminate.ngram = 13");
        assertRefused(List.of(), 13, 0, 10, 200, 200, 10, "shortest = 0");
        assertRefused(List.of(), 13, 8, -1, 200, 200, 10, "common = -1; legal: a whole number from 0 on");
        assertRefused(List.of(), 13, 8, 10, -1, 200, 10, "window = -1");
        assertRefused(List.of(), 13, 8, 10, 200, 0, 10, "shortest-piece = 0");
        assertRefused(List.of(), 13, 8, 10, 200, 200, 0, "most-pieces = 0");
        assertThatThrownBy(() -> ContaminationSettings.Policy.named("keep"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("prep.decontaminate.policy = keep; legal: drop, cut");
        assertThat(ContaminationSettings.Policy.named("cut")).isEqualTo(ContaminationSettings.Policy.CUT);
    }

    @Test
    void theMapsHoldWhatChangesRows() {
        assertThat(ContaminationSettings.DEFAULT.isOff()).isTrue();
        assertThat(ContaminationSettings.DEFAULT.asMap())
                .hasToString("{off=true, ngram=13, shortest=8, common=10, policy=drop, window=200, "
                        + "shortest-piece=200, most-pieces=10}");
        assertThat(ContaminationSettings.DEFAULT.searchMap()).hasToString("{off=true, ngram=13, shortest=8}");
    }

    private static void assertRefused(
            List<String> input,
            int ngram,
            int shortest,
            int common,
            int window,
            int shortestPiece,
            int mostPieces,
            String message) {
        assertThatThrownBy(() -> new ContaminationSettings(
                        input,
                        ngram,
                        shortest,
                        common,
                        ContaminationSettings.Policy.DROP,
                        window,
                        shortestPiece,
                        mostPieces))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("prep.decontaminate." + message);
    }
}
