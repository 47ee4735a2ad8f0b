package io.sparktron.prep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.LocalSpark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class TablesTest {
    @Test
    void ofExactDuplicatesTheFirstByPrecedenceSurvives() {
        StructType measured = new StructType().add("id", DataTypes.LongType).add("fold", DataTypes.BinaryType);
        StructType sized = new StructType()
                .add("id", DataTypes.LongType)
                .add("characters", DataTypes.LongType)
                .add("priority", DataTypes.IntegerType);
        List<Row> folds = new ArrayList<>();
        List<Row> documents = new ArrayList<>();
        long[][] rows = { // id, fold, characters, priority
            {1, 10, 5, 0}, {2, 10, 6, 3}, {3, 10, 6, 2}, {4, 10, 6, 2},
            {5, 11, 9, 0}, {6, 12, 7, -1}, {7, 12, 7, Integer.MIN_VALUE}, {8, 12, 7, Integer.MAX_VALUE}
        };
        for (long[] row : rows) {
            folds.add(RowFactory.create(row[0], new byte[] {(byte) row[1], 0}));
            documents.add(RowFactory.create(row[0], row[2], (int) row[3]));
        }
        folds.add(RowFactory.create(9L, new byte[] {11, 0})); // filtered: not among the documents
        Map<Long, Long> survivors = new HashMap<>();
        ExactDuplicates.from(
                        LocalSpark.session().createDataFrame(folds, measured),
                        LocalSpark.session().createDataFrame(documents, sized))
                .collectAsList()
                .forEach(row -> survivors.put(row.getLong(0), row.getLong(1)));
        assertThat(survivors).isEqualTo(Map.of(1L, 3L, 2L, 3L, 4L, 3L, 6L, 7L, 8L, 7L));
    }

    @Test
    void aSignatureHasAHashPerBand() {
        List<Planted.Document> documents = List.of(
                new Planted.Document(7, 2, "One two three four five six"),
                new Planted.Document(8, 1, "one, two, three; four five six!"),
                new Planted.Document(9, 0, "..."));
        Map<Long, Row> rows = new HashMap<>();
        Signatures.from(Planted.table(documents, 2), DuplicateSettings.DEFAULT)
                .collectAsList()
                .forEach(row -> rows.put(row.getLong(0), row));
        assertThat(rows.get(7L).getList(3)).hasSize(20).isEqualTo(rows.get(8L).getList(3));
        assertThat(rows.get(7L).getLong(1)).isEqualTo(27);
        assertThat(rows.get(8L).getInt(2)).isEqualTo(1);
        assertThat(rows.get(9L).getList(3)).isEmpty();
    }

    @Test
    void componentsAreTheSameOnTheDriverAndInSpark() {
        Random random = new Random(1);
        List<Row> edges = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            edges.add(RowFactory.create(1000L + i, 1001L + i)); // a path
            long a = random.nextInt(60);
            edges.add(RowFactory.create(a, (a + 1 + random.nextInt(59)) % 60));
        }
        StructType schema = new StructType().add("a", DataTypes.LongType).add("b", DataTypes.LongType);
        Dataset<Row> table = LocalSpark.session().createDataFrame(edges, schema);
        Lineage lineage = new Lineage(false);
        Map<Long, Long> driver = clusters(Components.of(table, lineage, 1000));
        assertThat(driver.get(1040L)).isEqualTo(1000);
        assertThat(driver).hasSizeGreaterThan(80);
        edges.forEach(edge -> assertThat(driver.get(edge.getLong(0))).isEqualTo(driver.get(edge.getLong(1))));
        assertThat(clusters(Components.of(table, lineage, 0))).isEqualTo(driver);
    }

    private static Map<Long, Long> clusters(Dataset<Row> components) {
        Map<Long, Long> clusters = new HashMap<>();
        components
                .collectAsList()
                .forEach(row ->
                        assertThat(clusters.put(row.getLong(0), row.getLong(1))).isNull());
        return clusters;
    }
}
