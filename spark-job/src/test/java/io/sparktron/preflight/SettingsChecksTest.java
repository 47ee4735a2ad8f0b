package io.sparktron.preflight;

import static io.sparktron.preflight.Situations.cluster;
import static io.sparktron.preflight.Situations.model;
import static io.sparktron.preflight.Situations.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.model.ModelRequest;
import io.sparktron.parallel.Layout;
import io.sparktron.preflight.Finding.Level;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingMemory;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the driver reads in the settings, before anything starts. */
class SettingsChecksTest {
    private static final String MASTER = "spark://host:7077";

    @Test
    void acceptsAPlainCluster() {
        assertThat(new SparkChecks(cluster(MASTER, "spark.executor.cores=4", "spark.task.cpus=2")).findings())
                .extracting(Finding::level)
                .containsOnly(Level.OK);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            spark.remote=sc://host                   | Spark Connect has no barrier stages | no spark.remote
            spark.api.mode=connect                   | Spark Connect has no barrier stages | --conf spark.api.mode=classic
            spark.submit.deployMode=cluster          | the driver writes the run folder    | --deploy-mode client
            spark.dynamicAllocation.enabled=true     | must be false                       | --conf spark.dynamicAllocation.enabled=false
            spark.task.cpus=5                        | no rank fits into one               | --conf spark.executor.cores=5
            """)
    void refusesASetting(String setting, String found, String fix) {
        ClusterFacts cluster = cluster(MASTER, "spark.executor.cores=4", setting);
        assertThat(problems(new SparkChecks(cluster).findings()))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.level()).isEqualTo(Level.MISTAKE);
                    assertThat(problem.found())
                            .contains(setting.replaceAll("=.*", ""))
                            .contains(found);
                    assertThat(problem.fix()).contains(fix);
                });
    }

    @Test
    void warnsOfCoresThatNoRankUses() {
        assertThat(new SparkChecks(cluster(MASTER, "spark.executor.cores=5", "spark.task.cpus=2")).findings())
                .filteredOn(finding -> finding.level() == Level.WARNING)
                .singleElement()
                .hasToString("executors: executors of 5 cores, ranks of spark.task.cpus = 2: 1 of each stay idle;"
                        + " fix: --conf spark.executor.cores=4");
    }

    @ParameterizedTest
    @CsvSource({"3.5.1, 2.13.8", "4.2.0, 2.12.18"})
    void refusesAnotherSparkOrScala(String spark, String scala) {
        ClusterFacts other = new ClusterFacts(
                MASTER, Map.of(), spark, scala, OptionalInt.empty(), 1, OptionalInt.empty(), 1, 1, false);
        assertThat(problems(new SparkChecks(other).findings())).singleElement().satisfies(problem -> {
            assertThat(problem.level()).isEqualTo(Level.PROBLEM);
            assertThat(problem.found()).contains("Spark " + spark + " for Scala " + scala);
            assertThat(problem.fix()).isEqualTo("set SPARK_HOME to a Spark 4 for Scala 2.13");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            local[3]                     |                                                    | --master 'local[4]', or --set parallel.data=1
            local-cluster[3,1,1024]      |                                                    | --master 'local-cluster[4,1,1024]', or --set parallel.data=1
            local-cluster[3,3,1024]      | spark.task.cpus=2                                  | --master 'local-cluster[4,2,1024]', or --set parallel.data=1
            local-cluster[1,1,1024]      |                                                    | --master 'local-cluster[4,1,1024]', or --set parallel.tensor=1 --set parallel.data=1
            spark://host:7077            | spark.cores.max=6 spark.task.cpus=2                | --conf spark.cores.max=8, or --set parallel.data=1
            yarn                         | spark.executor.instances=1 spark.executor.cores=3  | --conf spark.executor.instances=2, or --set parallel.data=1
            """)
    void asksForASlotForEachRank(String master, String settings, String fix) {
        ClusterFacts cluster = cluster(master, settings == null ? new String[0] : settings.split(" "));
        Finding finding = new SlotChecks(cluster, new Layout(2, 2)).possible();
        assertThat(finding.level()).isEqualTo(Level.MISTAKE);
        assertThat(finding.found()).contains("4 ranks").contains(master).contains("at most ");
        assertThat(finding.fix()).isEqualTo(fix);
    }

    @Test
    void takesEnoughSlotsAndUnknownOnes() {
        assertThat(new SlotChecks(cluster("local[4]"), new Layout(2, 2))
                        .possible()
                        .level())
                .isEqualTo(Level.OK);
        assertThat(new SlotChecks(cluster(MASTER), new Layout(2, 2)).possible().level())
                .isEqualTo(Level.OK);
    }

    @Test
    void tellsWhichExecutorsDidNotCome() {
        SlotChecks checks = new SlotChecks(cluster(MASTER), new Layout(2, 2));
        assertThat(checks.came(4, 4).level()).isEqualTo(Level.OK);
        assertThat(checks.came(3, 4).level()).isEqualTo(Level.PROBLEM);
        assertThat(checks.came(3, 4).found()).contains("gave 3 of 4 slots");
        assertThat(checks.came(3, 4).fix()).contains("job.slot-timeout").contains("--set parallel.data=1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            3 | 2 | 4 | 24 | parallel.tensor = 3 does not divide model.heads = 4  | --set parallel.tensor=2
            2 | 2 | 4 | 26 | model.heads = 4 does not divide model.hidden = 26    | --set model.heads=2
            """)
    void asksForEvenHeads(int tensor, int data, int heads, int hidden, String found, String fix) {
        List<Finding> findings =
                new LayoutChecks(request(new Layout(tensor, data), model(1, hidden, heads), 4, 4 * data)).findings();
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.MISTAKE);
            assertThat(finding.found()).startsWith(found);
            assertThat(finding.fix()).isEqualTo(fix);
        });
    }

    @Test
    void asksForEvenSharesOfTheRows() {
        ModelRequest model = new ModelRequest(
                OptionalInt.of(1),
                OptionalInt.of(24),
                OptionalInt.of(4),
                OptionalInt.of(30),
                OptionalInt.empty(),
                OptionalInt.empty());
        assertThat(new LayoutChecks(request(new Layout(4, 1, true, false), model, 4, 4)).findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.MISTAKE);
                    assertThat(finding.found())
                            .isEqualTo("parallel.sequence = true, but parallel.tensor = 4 does not divide"
                                    + " model.sequence = 30; every rank has sequence / tensor rows of it");
                    assertThat(finding.fix()).isEqualTo("--set parallel.sequence=false");
                });
        assertThat(new LayoutChecks(request(new Layout(4, 1), model, 4, 4)).findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.OK));
    }

    @ParameterizedTest
    @CsvSource({"20, 16", "3, 8"})
    void asksForAnEvenGlobalBatch(int globalBatch, int nearest) {
        List<Finding> findings =
                new LayoutChecks(request(new Layout(1, 2), Situations.NO_MODEL, 4, globalBatch)).findings();
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.MISTAKE);
            assertThat(finding.found()).startsWith("train.global-batch = " + globalBatch + " is not a multiple");
            assertThat(finding.fix()).isEqualTo("--set train.global-batch=" + nearest);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            spark.executor.memory=1g                                                     | MISTAKE | 3g
            spark.executor.memory=1g spark.executor.memoryOverhead=2g                    | MISTAKE | 3g
            spark.executor.memory=1g spark.executor.memoryOverhead=3000                  | OK      |
            spark.executor.memory=30g                                                    | MISTAKE | 6g
            spark.executor.memory=10g spark.executor.memoryOverheadFactor=0.4            | OK      |
            spark.executor.memory=1g spark.executor.minMemoryOverhead=3g                 | OK      |
            spark.executor.memory=30g spark.executor.cores=2                             | MISTAKE | 8g
            """)
    void asksForTheOverheadThatTensorsNeed(String settings, Level level, String fix) {
        TrainingMemory need = new TrainingMemory(1L << 30, 1L << 30, 0, 0, 0, 0, 0, DeviceConfig.Kind.HOST);
        Finding yarn = new MemoryChecks(cluster("yarn", settings.split(" ")), need, Situations.ONE_THREAD).overhead();
        assertThat(yarn.level()).isEqualTo(level);
        assertThat(yarn.fix()).isEqualTo(fix == null ? "" : "--conf spark.executor.memoryOverhead=" + fix);
        assertThat(new MemoryChecks(cluster(MASTER, settings.split(" ")), need, Situations.ONE_THREAD)
                        .overhead()
                        .level())
                .isEqualTo(Level.OK);
    }

    private static List<Finding> problems(List<Finding> findings) {
        return findings.stream().filter(finding -> finding.level().stops()).toList();
    }
}
