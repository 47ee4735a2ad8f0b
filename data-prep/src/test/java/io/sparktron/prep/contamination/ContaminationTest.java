package io.sparktron.prep.contamination;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Planted quotes, one by one: what is a hit and what is not. */
class ContaminationTest {
    private static final String PASSAGE =
            "It was a bright cold day in April, and the clocks were striking; nobody there looked up at the towers.";
    private static final String SHORT = "which planet is the third from the sun";
    private static final String TOO_SHORT = "is water wet or not at all";
    private static final String CHINESE = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。";
    private static final ContaminationSettings SETTINGS = settings(ContaminationSettings.Policy.DROP, 10);

    private static final Dataset<Row> EVALUATION = Tables.evaluation(
            "b.jsonl", PASSAGE, "a.jsonl", SHORT, "a.jsonl", TOO_SHORT, "c.txt", CHINESE, "c.txt", "");

    static ContaminationSettings settings(ContaminationSettings.Policy policy, int common) {
        return new ContaminationSettings(List.of("evaluation"), 13, 8, common, policy, 200, 200, 10);
    }

    @Test
    void findsQuotesWhateverStandsBetweenTheWords() {
        List<String> texts = List.of(
                /* 0 exact, in the middle */ "Before. " + PASSAGE + " After.",
                /* 1 other case and punctuation */ "it was A BRIGHT, COLD day (in april) and the clocks -- were striking nobody!",
                /* 2 across line breaks */ "It was a bright cold\nday in April, and\n\n the clocks were\tstriking; nobody",
                /* 3 twelve words */ "So it was a bright cold day in April, and the clocks were, were they?",
                /* 4 thirteen with one in between */ "It was a bright cold day in late April, and the clocks were striking; nobody",
                /* 5 whole document */ PASSAGE,
                /* 6 at the end */ "All there looked: cold day in April, and the clocks were striking; nobody there looked up",
                /* 7 soft hyphens */ "It was a bri\u00adght cold day in April, and the clo\u00adcks were striking",
                /* 8 none */ "Nothing to see here, nothing at all, and that for more than thirteen words in a row.",
                /* 9 empty */ "");

        List<Row> rows = Tables.contamination(3, texts, EVALUATION, SETTINGS);

        assertThat(rows).extracting(row -> row.getLong(0)).containsExactly(0L, 1L, 2L, 5L, 6L, 7L);
        // 20 words: 8 n-grams of 13
        assertThat(rows).extracting(row -> row.getInt(1)).containsExactly(8, 2, 2, 8, 1, 1);
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.getString(2)).isEqualTo("b.jsonl");
            assertThat(row.isNullAt(4)).isTrue();
        });
        assertThat(rows.get(0).getString(3))
                .isEqualTo("it was a bright cold day in april and the clocks were striking");
        assertThat(rows.get(4).getString(3))
                .isEqualTo("cold day in april and the clocks were striking nobody there looked up");
    }

    @Test
    void searchesShortTextsAsAWhole() {
        List<String> texts = List.of(
                "Question: Which planet is the THIRD from the sun?",
                "Which planet is the third from the moon?",
                "Is water wet, or not at all? " + TOO_SHORT, // seven words: below the shortest
                "which planet is the third from the");

        List<Row> rows = Tables.contamination(2, texts, EVALUATION, SETTINGS);

        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).toString()).isEqualTo("[0,1,a.jsonl," + SHORT + ",null]");
    }

    @Test
    void findsChineseByCharacters() {
        List<String> texts = List.of("他说：春眠不觉晓，处处闻啼鸟。夜来风雨", "他说：春眠不觉晓，处处闻啼鸟。夜来", "春眠不觉晓 处处闻啼鸟 夜来 Feng");

        List<Row> rows = Tables.contamination(2, texts, EVALUATION, SETTINGS);

        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).getLong(0)).isZero();
        assertThat(rows.get(0).getInt(1)).isEqualTo(2);
        assertThat(rows.get(0).getString(3)).isEqualTo("春 眠 不 觉 晓 处 处 闻 啼 鸟 夜 来 风");
    }

    @Test
    void sparesWhatManyDocumentsHave() {
        String boilerplate = Tables.words("legal", 0, 13);
        Dataset<Row> evaluation = Tables.evaluation("e", boilerplate + " " + PASSAGE);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            texts.add("Number " + i + ": " + boilerplate + ". Then again: " + boilerplate);
        }
        texts.add(PASSAGE);
        texts.add(PASSAGE + " " + boilerplate);

        // Five documents hold the boilerplate, two the passage; a document counts once however often it has it.
        assertThat(ids(texts, evaluation, 4)).containsExactly(4L, 5L);
        assertThat(ids(texts, evaluation, 5)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(ids(texts, evaluation, 1)).isEmpty();
        assertThat(ids(texts, evaluation, 0)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        List<Row> rows = Tables.contamination(2, texts, evaluation, settings(ContaminationSettings.Policy.DROP, 4));
        assertThat(rows.get(1).getInt(1)).as("hits that are not spared").isEqualTo(8);
    }

    private static List<Long> ids(List<String> texts, Dataset<Row> evaluation, int common) {
        return Tables.contamination(2, texts, evaluation, settings(ContaminationSettings.Policy.DROP, common)).stream()
                .map(row -> row.getLong(0))
                .toList();
    }

    @Test
    void tellsTheFirstFileOfAnNGramInSeveral() {
        Dataset<Row> evaluation = Tables.evaluation("z", PASSAGE, "k", "More, and: " + PASSAGE, "m", PASSAGE);

        List<Row> rows = Tables.contamination(1, List.of(PASSAGE), evaluation, SETTINGS);

        assertThat(rows.get(0).getString(2)).isEqualTo("k");
    }

    @Test
    void walksAGiantDocument() {
        StringBuilder giant = new StringBuilder("x".repeat(3_000_000));
        for (int i = 0; i < 500_000; i++) {
            giant.append(" w").append(i % 1000);
        }
        giant.append(' ').append(PASSAGE);

        List<Row> rows = Tables.contamination(
                1, List.of(giant.toString()), EVALUATION, settings(ContaminationSettings.Policy.CUT, 10));

        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).getInt(1)).isEqualTo(8);
        int from = giant.length() - PASSAGE.length();
        assertThat(rows.get(0).<Integer>getList(4)).containsExactly(from - 201, giant.length());
    }

    @Test
    void isTheSameForAnyNumberOfPartitions() {
        List<String> texts = QuoteOracle.corpus(7, 60);
        Dataset<Row> evaluation = QuoteOracle.evaluation();
        List<Row> one = null;
        for (int partitions : new int[] {1, 7}) {
            List<Row> rows = Tables.contamination(
                    partitions,
                    texts,
                    evaluation.repartition(partitions),
                    settings(ContaminationSettings.Policy.CUT, 11));
            assertThat(rows).hasSizeGreaterThan(10);
            if (one != null) {
                assertThat(rows).isEqualTo(one);
            }
            one = rows;
        }
    }

    @Test
    void withoutEvaluationTextsNothingIsDone() {
        Dataset<Row> documents = Tables.documents(1, List.of(PASSAGE));

        Dataset<Row> suspects = Suspects.from(documents, EVALUATION, ContaminationSettings.DEFAULT);

        assertThat(suspects.schema()).isEqualTo(Suspects.SCHEMA);
        assertThat(suspects.count()).isZero();
        Dataset<Row> contamination = Contamination.from(suspects, EVALUATION, ContaminationSettings.DEFAULT);
        assertThat(contamination.schema()).isEqualTo(Contamination.SCHEMA);
        assertThat(contamination.count()).isZero();
    }
}
