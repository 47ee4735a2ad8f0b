package io.sparktron.prep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.LocalSpark;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

class NearDuplicatesTest {
    private static final DuplicateSettings DEFAULT = DuplicateSettings.DEFAULT;
    /** So that every step that Spark can do is done by Spark. */
    private static final NearDuplicates.Limits NONE_ON_DRIVER = new NearDuplicates.Limits(0, 0);

    private static final NearDuplicates.Limits ON_DRIVER = NearDuplicates.Limits.DEFAULT;

    @Test
    void plantedFamiliesEqualTheOracle() {
        List<Planted.Document> documents = Planted.families(30, 8, 120, 1);
        assertOracle(documents, DEFAULT, ON_DRIVER, 3);
    }

    @Test
    void bucketsOfDocumentsThatLookAlikeEqualTheOracle() {
        List<Planted.Document> documents = Planted.mixtures(150, 12, 2);
        assertOracle(documents, with(0.7, 4, 1, 2000), ON_DRIVER, 3);
    }

    @Test
    void sparkAloneDecidesAsTheDriverDoes() {
        List<Planted.Document> documents = Planted.mixtures(150, 12, 2);
        assertOracle(documents, with(0.7, 4, 1, 2000), NONE_ON_DRIVER, 3);
    }

    private static void assertOracle(
            List<Planted.Document> documents,
            DuplicateSettings settings,
            NearDuplicates.Limits limits,
            int partitions) {
        Greedy greedy = new Greedy(documents, settings);
        NearDuplicates.Found found = find(documents, settings, limits, partitions);
        Map<Long, Greedy.Fate> dropped = dropped(found);
        assertThat(dropped).isEqualTo(new TreeMap<>(greedy.dropped(true)));
    }

    private static NearDuplicates.Found find(
            List<Planted.Document> documents,
            DuplicateSettings settings,
            NearDuplicates.Limits limits,
            int partitions) {
        SparkSession spark = LocalSpark.session();
        Dataset<Row> table = Planted.table(documents, partitions);
        return NearDuplicates.from(Signatures.from(table, settings), table, settings, limits);
    }

    private static Map<Long, Greedy.Fate> dropped(NearDuplicates.Found found) {
        Map<Long, Greedy.Fate> dropped = new TreeMap<>();
        for (Row row : found.near().collectAsList()) {
            if (!row.isNullAt(1)) {
                dropped.put(row.getLong(0), new Greedy.Fate(row.getLong(1), row.getDouble(2)));
            }
        }
        return dropped;
    }

    private static DuplicateSettings with(double threshold, int bands, int rows, int cap) {
        return new DuplicateSettings(true, true, 5, ShingleUnit.WORDS, threshold, 0.97, bands, rows, cap);
    }
}
