package io.sparktron.prep.contamination;

import io.sparktron.prep.LocalSpark;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Small tables of documents and evaluation texts. */
final class Tables {
    private static final StructType DOCUMENTS =
            new StructType().add("id", DataTypes.LongType).add("text", DataTypes.StringType);
    private static final StructType EVALUATION =
            new StructType().add("location", DataTypes.StringType).add("text", DataTypes.StringType);

    private Tables() {}

    /** Documents with the ids 0, 1, 2 ... */
    static Dataset<Row> documents(int partitions, List<String> texts) {
        List<Row> rows = new ArrayList<>();
        for (String text : texts) {
            rows.add(RowFactory.create((long) rows.size(), text));
        }
        return LocalSpark.session().createDataFrame(rows, DOCUMENTS).repartition(partitions);
    }

    /** @param locationsAndTexts in turns */
    static Dataset<Row> evaluation(String... locationsAndTexts) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < locationsAndTexts.length; i += 2) {
            rows.add(RowFactory.create(locationsAndTexts[i], locationsAndTexts[i + 1]));
        }
        return LocalSpark.session().createDataFrame(rows, EVALUATION);
    }

    /** Rows of {@link Contamination} in the order of their ids. */
    static List<Row> contamination(
            int partitions, List<String> texts, Dataset<Row> evaluation, ContaminationSettings settings) {
        Dataset<Row> suspects = Suspects.from(documents(partitions, texts), evaluation, settings);
        return Contamination.from(suspects, evaluation, settings).orderBy("id").collectAsList();
    }

    /** Distinct words, as many as asked for: from w0 on, with a prefix. */
    static String words(String prefix, int from, int count) {
        StringBuilder words = new StringBuilder();
        for (int i = from; i < from + count; i++) {
            words.append(i == from ? "" : " ").append(prefix).append(i);
        }
        return words.toString();
    }
}
