package io.sparktron.prep;

import io.sparktron.prep.contamination.Cuts;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** What is left of the kept documents once their cuts are made: a row for each piece. */
final class RemainingText {
    private RemainingText() {}

    /**
     * @param kept {@code text, cuts}
     * @return {@code text}
     */
    static Dataset<Row> of(Dataset<Row> kept) {
        return kept.select("text", "cuts")
                .flatMap(
                        (FlatMapFunction<Row, String>) row -> row.isNullAt(1)
                                ? List.of(row.getString(0)).iterator()
                                : Cuts.apply(row.getString(0), row.getList(1)).iterator(),
                        Encoders.STRING())
                .toDF("text");
    }
}
