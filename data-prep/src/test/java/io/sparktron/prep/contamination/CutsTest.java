package io.sparktron.prep.contamination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Where cuts begin and end. */
class CutsTest {
    private static final String SMILE = "\ud83d\ude00";

    @Test
    void removesTheWindowOnBothSides() {
        //              0         10        20        30
        String text = "abcdefghij klmnopqrst HIT uvwxyzabcd efghij";

        assertThat(cut(text, 4, 5, 10, 22, 25)).containsExactly("abcdefghij klmnopq", "xyzabcd efghij");
        assertThat(cut(text, 11, 5, 10, 22, 25)).containsExactly("abcdefghij", "efghij");
        assertThat(cut(text, 0, 5, 10, 22, 25)).containsExactly("abcdefghij klmnopqrst", "uvwxyzabcd efghij");
    }

    @Test
    void dropsShortPiecesAndCountsThoseThatStay() {
        String text = "0123456789HIT01HIT0123456789";

        assertThat(cut(text, 0, 3, 2, 10, 13, 15, 18)).containsExactly("0123456789", "0123456789");
        assertThat(cut(text, 0, 2, 3, 10, 13, 15, 18)).containsExactly("0123456789", "01", "0123456789");
        assertThat(cut(text, 0, 2, 2, 10, 13, 15, 18)).isEmpty();
        assertThat(Cuts.of(text, spans(10, 13, 15, 18), settings(0, 2, 2))).isNull();
        assertThat(Cuts.of(text, spans(10, 13), settings(0, 16, 9)))
                .as("nothing is left")
                .isNull();
        assertThat(Cuts.of(text, spans(10, 13, 15, 18), settings(0, 3, 9))).containsExactly(10, 18);
    }

    @Test
    void dropsADocumentInMoreThanTenPieces() {
        StringBuilder text = new StringBuilder("piece 0");
        Spans hits = new Spans();
        for (int i = 1; i <= 10; i++) {
            hits.add(text.length() + 1, text.length() + 4);
            text.append(" HIT piece ").append(i);
            if (i == 9) {
                assertThat(Cuts.apply(text.toString(), Cuts.of(text.toString(), hits, settings(1, 5, 10))))
                        .hasSize(10)
                        .startsWith("piece 0", "piece 1")
                        .endsWith("piece 9");
            }
        }
        assertThat(Cuts.of(text.toString(), hits, settings(1, 5, 10))).isNull();
    }

    @Test
    void countsCodePointsAndSplitsNone() {
        String text = SMILE.repeat(10) + "HIT" + SMILE.repeat(10);

        List<Integer> cuts = Cuts.of(text, spans(20, 23), settings(3, 7, 9));

        assertThat(cuts).containsExactly(14, 29);
        assertThat(Cuts.apply(text, cuts)).containsExactly(SMILE.repeat(7), SMILE.repeat(7));
        assertThat(Cuts.of(text, spans(20, 23), settings(3, 8, 9))).isNull();
    }

    @Test
    void mergesWindowsThatMeet() {
        String text = "aaaaaHITbbHITccHITddddd";

        assertThat(cut(text, 1, 1, 9, 5, 8, 10, 13, 15, 18)).containsExactly("aaaa", "dddd");
        assertThat(cut(text, 0, 1, 9, 5, 8, 10, 13, 15, 18)).containsExactly("aaaaa", "bb", "cc", "ddddd");
    }

    @Test
    void spansThatTouchAreOne() {
        Spans spans = spans(4, 9, 12, 15, 11, 18, 18, 20, 2, 22);

        assertThat(spans.size()).isEqualTo(1);
        assertThat(List.of(spans.from(0), spans.to(0))).containsExactly(2, 22);
    }

    @Test
    void cutsAtBothEndsAndNone() {
        assertThat(Cuts.apply("0123456789", List.of(0, 3, 7, 10))).containsExactly("3456");
        assertThat(Cuts.apply("0123456789", List.of())).containsExactly("0123456789");
        assertThat(Cuts.apply("0123456789", null)).isEmpty();
    }

    private static List<String> cut(String text, int window, int shortestPiece, int mostPieces, int... hits) {
        return Cuts.apply(text, Cuts.of(text, spans(hits), settings(window, shortestPiece, mostPieces)));
    }

    private static Spans spans(int... borders) {
        Spans spans = new Spans();
        for (int i = 0; i < borders.length; i += 2) {
            spans.add(borders[i], borders[i + 1]);
        }
        return spans;
    }

    private static ContaminationSettings settings(int window, int shortestPiece, int mostPieces) {
        return new ContaminationSettings(
                List.of("evaluation"), 13, 8, 10, ContaminationSettings.Policy.CUT, window, shortestPiece, mostPieces);
    }
}
