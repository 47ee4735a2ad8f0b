package io.sparktron.prep.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.LocalSpark;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** The tables of measures and of filtered documents. */
class QualityTablesTest {
    private static final StructType DOCUMENTS = new StructType()
            .add("id", DataTypes.LongType, false)
            .add("problem", DataTypes.StringType, true)
            .add("text", DataTypes.StringType, true);

    private final SparkSession spark = LocalSpark.session();

    private Dataset<Row> documents(String... texts) {
        List<Row> rows = new ArrayList<>();
        for (String text : texts) {
            rows.add(RowFactory.create((long) rows.size(), text == null ? "EMPTY" : null, text));
        }
        return spark.createDataFrame(rows, DOCUMENTS);
    }

    private static List<Row> sorted(Dataset<Row> table) {
        List<Row> rows = new ArrayList<>(table.collectAsList());
        rows.sort(Comparator.comparingLong(row -> row.getLong(0)));
        return rows;
    }

    private static List<String> filtered(
            Dataset<Row> measures, List<String> languages, List<String> sets, String... rules) {
        return sorted(FilteredDocuments.from(measures, new QualitySettings(languages, sets, List.of(rules)))).stream()
                .map(Row::toString)
                .toList();
    }

    @Test
    void aRowForEachDocumentThatHasAText() {
        String english = "The committee has decided that all of the members ought to vote again.";
        Dataset<Row> measures = QualityMeasures.from(documents(english, null, ""));
        assertThat(measures.schema()).isEqualTo(QualityMeasures.SCHEMA);
        List<Row> rows = sorted(measures);
        assertThat(rows).extracting(row -> row.getLong(0)).containsExactly(0L, 2L);
        Row row = rows.get(0);
        assertThat(row.<byte[]>getAs("fold")).isEqualTo(new Fold().of(english));
        assertThat(row.<String>getAs("language")).isEqualTo("en");
        assertThat(row.<Double>getAs("language_score")).isBetween(0.9, 1.0);
        assertThat(row.<Double>getAs("words")).isEqualTo(13);
        assertThat(row.<Double>getAs("tokens")).isEqualTo(14);
        assertThat(row.<Double>getAs("stop_words")).isEqualTo(4);
        assertThat(rows.get(1).<String>getAs("language")).isEqualTo("unknown");
        assertThat(rows.get(1).<Double>getAs("short_lines")).isNaN();
    }

    @Test
    void theFirstFailedRuleIsTold() {
        Dataset<Row> measures = QualityMeasures.from(documents("one two three", "one two three 4", "one", ""));
        assertThat(filtered(measures, List.of(), List.of(), "words >= 3", "digits <= 0"))
                .containsExactly(
                        "[1,digits <= 0,%s,0.0]".formatted(1.0 / 15),
                        "[2,words >= 3,1.0,3.0]",
                        "[3,words >= 3,0.0,3.0]");
        assertThat(filtered(measures, List.of(), List.of(), "digits <= 0", "words >= 4"))
                .containsExactly(
                        "[0,words >= 4,3.0,4.0]",
                        "[1,digits <= 0,%s,0.0]".formatted(1.0 / 15),
                        "[2,words >= 4,1.0,4.0]",
                        "[3,words >= 4,0.0,4.0]");
        assertThat(filtered(measures, List.of(), List.of())).isEmpty();
    }

    @Test
    void bordersAndUndefinedValuesAreKept() {
        Dataset<Row> measures = QualityMeasures.from(documents("abc d1", ""));
        assertThat(filtered(measures, List.of(), List.of(), "mean_word_length >= 2.5", "mean_word_length <= 2.5"))
                .isEmpty();
        assertThat(filtered(measures, List.of(), List.of(), "mean_word_length >= 2.6"))
                .containsExactly("[0,mean_word_length >= 2.6,2.5,2.6]");
        assertThat(filtered(measures, List.of(), List.of(), "mean_word_length <= 2.4"))
                .containsExactly("[0,mean_word_length <= 2.4,2.5,2.4]");
    }

    @Test
    void languagesAreRulesOfTheirOwn() {
        Dataset<Row> measures = QualityMeasures.from(documents(
                "The committee has decided that all of the members ought to vote again.",
                "Der Ausschuss hat beschlossen, dass alle Mitglieder noch einmal abstimmen sollen.",
                "12345"));
        List<String> rows = filtered(measures, List.of("en", "fr"), List.of());
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0)).startsWith("[1,language in [en, fr],0.9").endsWith(",null]");
        assertThat(rows.get(1)).isEqualTo("[2,language in [en, fr],0.0,null]");
        assertThat(filtered(measures, List.of("en", "de", "unknown"), List.of()))
                .containsExactly("[2,language_score >= 0.65,0.0,0.65]");
    }

    @Test
    void partitionsAndOrderDoNotMatter() {
        String[] texts = new String[60];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = ("Line " + i + " of the text. \u6211\u7231 \uD83D\uDE00\n").repeat(i) + "and to the end";
        }
        Dataset<Row> documents = documents(texts);
        List<String> one = rows(documents.repartition(1));
        assertThat(rows(documents.repartition(7, documents.col("text")))).isEqualTo(one);
        assertThat(rows(documents.orderBy(documents.col("id").desc()))).isEqualTo(one);
        assertThat(one).hasSizeGreaterThan(60);
    }

    /** Rows of both tables as text, which tells apart all values of a double. */
    private static List<String> rows(Dataset<Row> documents) {
        Dataset<Row> measures = QualityMeasures.from(documents);
        QualitySettings settings = new QualitySettings(
                List.of(), List.of("gopher-quality", "gopher-repetition", "c4", "fineweb"), List.of());
        Dataset<Row> filtered = FilteredDocuments.from(measures, settings);
        List<String> rows = new ArrayList<>();
        sorted(measures.selectExpr("id", "hex(fold)", "*").drop("fold")).forEach(row -> rows.add(row.toString()));
        sorted(filtered).forEach(row -> rows.add(row.toString()));
        return rows;
    }
}
