package io.sparktron.prep.contamination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** Shares that were counted by hand. */
class OverlapTableTest {
    private static final Column NO_CUTS = functions.lit(null).cast("array<int>");

    @Test
    void countsDistinctEightGrams() {
        Dataset<Row> evaluation = Tables.evaluation(
                // 13 distinct words: 6 n-grams; the second text repeats three of them, and adds one
                "wiki", Tables.words("w", 0, 13),
                "wiki", Tables.words("w", 3, 11),
                // 10 words: 3 n-grams, two of them as in the other file
                "lambada", Tables.words("w", 0, 9) + " new",
                "short", "only seven words are in this text",
                "unseen", Tables.words("u", 0, 8));
        List<String> training = List.of(
                Tables.words("x", 0, 20) + " " + Tables.words("W", 0, 9) + ", " + Tables.words("x", 0, 20),
                Tables.words("w", 1, 7) + " other " + Tables.words("w", 8, 5),
                "... " + Tables.words("w", 6, 8).replace(" ", "\n"),
                "only seven words are in this text");

        for (int partitions : new int[] {1, 7}) {
            Dataset<Row> kept = Tables.documents(partitions, training).withColumn("cuts", NO_CUTS);

            List<Row> rows = OverlapTable.from(kept, evaluation).collectAsList();

            // of w: the n-grams that begin at w0, w1 (first document) and w6 (third)
            assertThat(rows)
                    .extracting(Row::toString)
                    .containsExactly(
                            "[lambada,1,3,2," + 2.0 / 3 + "]",
                            "[short,1,0,0,0.0]",
                            "[unseen,1,1,0,0.0]",
                            "[wiki,2,7,3," + 3.0 / 7 + "]");
        }
    }

    @Test
    void neitherCutTextNorItsSeamCounts() {
        Dataset<Row> evaluation =
                Tables.evaluation("e at byte 0", Tables.words("w", 10, 9), "e at byte 70", "a b c d e f g h");
        String text = Tables.words("w", 10, 9) + " CUT a b c d e f g h";
        int cut = text.indexOf("CUT");
        Column inTheMiddle = functions.array(functions.lit(cut), functions.lit(cut + 4));
        Column fromTheThird = functions.array(functions.lit(8), functions.lit(cut + 4));
        Dataset<Row> kept = Tables.documents(1, List.of(text));

        assertThat(overlap(kept.withColumn("cuts", inTheMiddle), evaluation)).isEqualTo("[e,2,3,3,1.0]");
        assertThat(overlap(kept.withColumn("cuts", fromTheThird), evaluation)).isEqualTo("[e,2,3,1," + 1.0 / 3 + "]");
        assertThat(overlap(
                        Tables.documents(1, List.of("w10 w11 w12 w13 CUT w14 w15 w16 w17"))
                                .withColumn("cuts", functions.array(functions.lit(15), functions.lit(20))),
                        evaluation))
                .as("no n-gram reaches over a seam")
                .isEqualTo("[e,2,3,0,0.0]");
    }

    private static String overlap(Dataset<Row> kept, Dataset<Row> evaluation) {
        return OverlapTable.from(kept, evaluation).first().toString();
    }
}
