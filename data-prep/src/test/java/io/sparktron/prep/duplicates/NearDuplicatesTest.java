package io.sparktron.prep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.LocalSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NearDuplicatesTest {
    /** Four bands of one row: documents that look alike at all share a bucket. */
    private static final DuplicateSettings COARSE = coarse(2000);
    /** Twenty bands of two rows: likewise, but sketches tell most such apart. */
    private static final DuplicateSettings SKETCHED =
            new DuplicateSettings(true, true, 5, ShingleUnit.WORDS, 0.7, 0.97, 20, 2, 2000);
    /** So that Spark does all of it, in rounds. */
    private static final NearDuplicates.Limits BY_SPARK = new NearDuplicates.Limits(0, 0, 4);

    /** Compiling the plans of so small tables takes longer than running them. */
    private static final String CODE_GENERATION = "spark.sql.codegen.wholeStage";

    private static final long CHAIN = -1000;
    private static final long TWINS = -2000;
    private static final long SHORT = -3000;
    private static final long BOILERPLATE = -4000;

    private static List<Planted.Document> planted;
    private static Map<Long, Greedy.Fate> expected;

    private record Near(Long survivor, Double similarity, long cluster) {}

    @BeforeAll
    static void plant() {
        planted = new ArrayList<>(Planted.families(10, 5, 120, 1));
        planted.addAll(Planted.mixtures(50, 12, 2));
        planted.addAll(Planted.chain(5, CHAIN, 3));
        planted.addAll(Planted.boilerplate(20, BOILERPLATE, 8));
        String text = String.join(" ", Planted.words(new Random(4), 100, 1 << 20));
        planted.add(new Planted.Document(TWINS, 1, text));
        planted.add(new Planted.Document(TWINS + 2, 0, text));
        planted.add(new Planted.Document(TWINS + 1, 0, text));
        planted.add(new Planted.Document(SHORT, 0, "two words"));
        planted.add(new Planted.Document(SHORT + 1, 0, "TWO   words."));
        planted.add(new Planted.Document(SHORT + 2, 0, "..."));
        planted.add(new Planted.Document(SHORT + 3, 0, "..."));
        expected = new Greedy(planted, COARSE).dropped();
    }

    @BeforeAll
    static void interpret() {
        LocalSpark.session().conf().set(CODE_GENERATION, "false");
    }

    @AfterAll
    static void compileAgain() {
        LocalSpark.session().conf().unset(CODE_GENERATION);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7})
    void equalsTheGreedyOracleInAnyOrderAndPartitioning(int partitions) {
        DuplicateSettings settings = partitions == 3 ? SKETCHED : COARSE;
        NearDuplicates.Found found = find(planted, settings, NearDuplicates.Limits.DEFAULT, partitions);
        Map<Long, Near> near = rows(found);
        assertThat(dropped(near)).isEqualTo(new Greedy(planted, settings).dropped());
        assertClusters(near);
        assertThat(found.giants()).isEmpty();
        assertThat(found.counts().rounds()).isEqualTo(1);
    }

    @Test
    void roundsInSparkEqualTheGreedyOracle() {
        NearDuplicates.Found found = find(planted, SKETCHED, BY_SPARK, 2);
        Map<Long, Near> near = rows(found);
        assertThat(dropped(near)).isEqualTo(new Greedy(planted, SKETCHED).dropped());
        assertClusters(near);
        assertThat(found.counts().rounds()).isBetween(2, 5); // the largest bucket holds less than 1 + 8 + 64 + 512
        assertThat(found.counts().similar()).isGreaterThanOrEqualTo(expected.size());
    }

    @Test
    void theOracleIsWhatWasPlanted() {
        assertThat(survivor(TWINS)).as("priority").isEqualTo(TWINS + 1);
        assertThat(survivor(TWINS + 1)).isNull();
        assertThat(survivor(TWINS + 2)).as("id").isEqualTo(TWINS + 1);
        assertThat(survivor(SHORT + 1)).as("one shingle of two words").isNull();
        assertThat(survivor(SHORT)).isEqualTo(SHORT + 1);
        assertThat(expected).doesNotContainKeys(SHORT + 2, SHORT + 3);
        assertThat(survivor(CHAIN)).isNull();
        assertThat(survivor(CHAIN + 1)).isEqualTo(CHAIN);
        assertThat(survivor(CHAIN + 2)).as("not similar to the first").isNull();
        assertThat(survivor(CHAIN + 3)).isEqualTo(CHAIN + 2);
        assertThat(survivor(CHAIN + 4)).isNull();
        List<Double> similarities =
                expected.values().stream().map(Greedy.Fate::similarity).toList();
        assertThat(similarities).anyMatch(s -> s < 0.75).anyMatch(s -> s > 0.95).hasSizeGreaterThan(30);
    }

    @Test
    void aGiantBucketIsReportedAndDropsNothingUnverified() {
        List<Planted.Document> documents = new ArrayList<>(Planted.mixtures(40, 12, 5));
        documents.addAll(Planted.families(1, 1, 120, 6));
        String text = documents.get(documents.size() - 1).text();
        for (int i = 1; i <= 20; i++) {
            documents.add(new Planted.Document(1000 + i, 0, text.substring(0, text.length() - 10 * i)));
        }
        DuplicateSettings capped = coarse(8);
        NearDuplicates.Limits limits = new NearDuplicates.Limits(0, 0, 2);
        NearDuplicates.Found found = find(documents, capped, limits, 2);
        Map<Long, Near> near = rows(found);
        assertSound(near, new Greedy(documents, capped));
        for (int i = 1; i <= 20; i++) {
            assertThat(near.get(1000L + i).survivor())
                    .as("a family needs one centre")
                    .isNotNull();
        }
        assertThat(found.giants()).isNotEmpty().hasSizeLessThanOrEqualTo(NearDuplicates.MAX_GIANTS);
        Map<Long, String> texts =
                documents.stream().collect(Collectors.toMap(Planted.Document::id, Planted.Document::text));
        for (GiantBucket giant : found.giants()) {
            assertThat(giant.size()).isGreaterThan(8).isLessThanOrEqualTo(documents.size());
            assertThat(giant.band()).isBetween(0, 3);
            assertThat(texts.get(giant.id())).startsWith(giant.sample());
            assertThat(giant.sample()).hasSize(200);
        }
        assertThat(found.giants()).extracting(GiantBucket::size).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    }

    /** Pairs of planted families that share a bucket: independent draws of probabilities that the curve gives. */
    @Test
    void recallFollowsTheCurve() {
        DuplicateSettings settings = DuplicateSettings.DEFAULT;
        List<Planted.Document> documents = Planted.families(1500, 2, 60, 7);
        Greedy greedy = new Greedy(documents, settings);
        double mean = 0;
        double variance = 0;
        int found = 0;
        for (int i = 0; i < documents.size(); i += 2) {
            long a = documents.get(i).id();
            long b = documents.get(i + 1).id();
            double p = settings.banding().found(greedy.similarity(a, b));
            mean += p;
            variance += p * (1 - p);
            found += greedy.shareBucket(a, b) ? 1 : 0;
        }
        assertThat(variance).isGreaterThan(1);
        assertThat((double) found).isBetween(mean - 5 * Math.sqrt(variance), mean + 5 * Math.sqrt(variance));
    }

    private static void assertSound(Map<Long, Near> near, Greedy greedy) {
        near.forEach((id, row) -> {
            if (row.survivor() != null) {
                assertThat(greedy.similarity(id, row.survivor()))
                        .isEqualTo(row.similarity())
                        .isGreaterThan(0.7);
                assertThat(greedy.precedes(row.survivor(), id)).isTrue();
                assertThat(greedy.meet(id, row.survivor())).isTrue();
                assertThat(near.containsKey(row.survivor())
                                && near.get(row.survivor()).survivor() != null)
                        .as("the survivor was dropped")
                        .isFalse();
            }
        });
    }

    /** A cluster bears the smallest id in it, and document and survivor are in one. */
    private static void assertClusters(Map<Long, Near> near) {
        Map<Long, Long> smallest = new TreeMap<>();
        near.forEach((id, row) -> smallest.merge(row.cluster(), id, Math::min));
        smallest.forEach((cluster, id) -> assertThat(cluster).isEqualTo(id));
        near.forEach((id, row) -> {
            if (row.survivor() != null) {
                assertThat(row.cluster()).isEqualTo(near.get(row.survivor()).cluster());
            }
        });
    }

    private static Long survivor(long id) {
        return expected.containsKey(id) ? expected.get(id).survivor() : null;
    }

    private static NearDuplicates.Found find(
            List<Planted.Document> documents,
            DuplicateSettings settings,
            NearDuplicates.Limits limits,
            int partitions) {
        Dataset<Row> table = Planted.table(documents, partitions);
        return NearDuplicates.from(Signatures.from(table, settings), table, settings, limits);
    }

    private static Map<Long, Near> rows(NearDuplicates.Found found) {
        Map<Long, Near> rows = new TreeMap<>();
        for (Row row : found.near().collectAsList()) {
            Long survivor = row.isNullAt(1) ? null : (Long) row.getLong(1);
            Double similarity = row.isNullAt(2) ? null : (Double) row.getDouble(2);
            assertThat(rows.put(row.getLong(0), new Near(survivor, similarity, row.getLong(3))))
                    .as("one row per document")
                    .isNull();
        }
        return rows;
    }

    private static Map<Long, Greedy.Fate> dropped(Map<Long, Near> near) {
        Map<Long, Greedy.Fate> dropped = new TreeMap<>();
        near.forEach((id, row) -> {
            if (row.survivor() != null) {
                dropped.put(id, new Greedy.Fate(row.survivor(), row.similarity()));
            }
        });
        return dropped;
    }

    private static DuplicateSettings coarse(int cap) {
        return new DuplicateSettings(true, true, 5, ShingleUnit.WORDS, 0.7, 0.97, 4, 1, cap);
    }
}
