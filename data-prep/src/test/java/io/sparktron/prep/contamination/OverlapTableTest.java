package io.sparktron.prep.contamination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Shares that were counted by hand. */
class OverlapTableTest {
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
            List<Row> rows = OverlapTable.from(Tables.documents(partitions, training), evaluation)
                    .collectAsList();

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
}
