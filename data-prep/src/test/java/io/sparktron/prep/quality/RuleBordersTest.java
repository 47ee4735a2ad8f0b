package io.sparktron.prep.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.LocalSpark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule of each set alone: rows of measures in which one value lies on a threshold or beside it, and all others are undefined. */
class RuleBordersTest {
    private final SparkSession spark = LocalSpark.session();

    @ParameterizedTest
    @EnumSource
    void onlyValuesBeyondTheThresholdFail(RuleSet set) {
        List<Row> rows = new ArrayList<>();
        List<Row> expected = new ArrayList<>();
        for (MeasureRule rule : set.rules()) {
            double threshold = rule.threshold();
            for (double value :
                    new double[] {Math.nextDown(threshold), threshold, Math.nextUp(threshold), Double.NaN}) {
                long id = rows.size();
                rows.add(row(id, rule.measure(), value));
                boolean isBelow = rule.direction() == MeasureRule.Direction.AT_LEAST;
                if (value == (isBelow ? Math.nextDown(threshold) : Math.nextUp(threshold))) {
                    expected.add(RowFactory.create(id, rule.text(), value, threshold));
                }
            }
        }
        Dataset<Row> measures = spark.createDataFrame(rows, QualityMeasures.SCHEMA);
        QualitySettings settings = new QualitySettings(List.of(), List.of(set.label()), List.of());
        assertThat(FilteredDocuments.from(measures, settings).orderBy("id").collectAsList())
                .extracting(Row::toString)
                .containsExactlyElementsOf(expected.stream().map(Row::toString).toList());
    }

    private static Row row(long id, Measure measure, double value) {
        Object[] row = new Object[QualityMeasures.SCHEMA.size()];
        Arrays.fill(row, Double.NaN);
        row[0] = id;
        row[1] = new byte[Fold.BYTES];
        row[2] = "en";
        row[QualityMeasures.SCHEMA.fieldIndex(measure.column())] = value;
        return RowFactory.create(row);
    }
}
