package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.rank.GpuUse;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankSparkTest {
    @ParameterizedTest(name = "{0}: {1} ranks of {2} cores on executors of {3}")
    @CsvSource({
        "spark://host:7077, 4, , , 4, ",
        "spark://host:7077, 4, 2, , 8, ",
        "spark://host:7077, 5, 2, 4, 12, ",
        "yarn, 4, , , , 4",
        "yarn, 4, 2, , , 4",
        "yarn, 5, 2, 4, , 3",
        "k8s://https://host:6443, 5, 1, 4, , 2",
        "local[4], 4, , , , ",
    })
    void asksTheClusterForAsManyExecutorsAsTheRanksNeed(
            String master, int ranks, String taskCores, String executorCores, String coresMax, String executors) {
        SparkConf given = new SparkConf(false);
        set(given, "spark.task.cpus", taskCores);
        set(given, "spark.executor.cores", executorCores);
        SparkConf conf = RankSpark.configure(given, master, ranks, GpuUse.NEVER, "application.jar");
        assertThat(conf.get("spark.cores.max", null)).isEqualTo(coresMax);
        assertThat(conf.get("spark.executor.instances", null)).isEqualTo(executors);
        if (!master.startsWith("local")) {
            assertThat(Slots.most(conf).orElseThrow()).isGreaterThanOrEqualTo(ranks);
        }
    }

    @ParameterizedTest
    @CsvSource({"spark://host:7077, 8, 3, 8", "yarn, 8, 3, 3", "k8s://https://host:6443, 8, 3, 3"})
    void whatTheUserAsksForStandsAndIsCountedAsItsClusterCountsIt(
            String master, String coresMax, String executors, int slots) {
        SparkConf given = new SparkConf(false);
        given.set("spark.cores.max", coresMax).set("spark.executor.instances", executors);
        SparkConf conf = RankSpark.configure(given, master, 4, GpuUse.NEVER, "application.jar");
        assertThat(conf.get("spark.cores.max")).isEqualTo(coresMax);
        assertThat(conf.get("spark.executor.instances")).isEqualTo(executors);
        assertThat(Slots.most(conf)).hasValue(slots);
    }

    /** Standalone clusters discover GPUs on their Workers, YARN and Kubernetes on the executors. */
    @ParameterizedTest
    @CsvSource({
        "spark://host:7077, 2, 4, , 2, ",
        "spark://host:7077, 2, 4, 1, 1, ",
        "yarn, , , , 1, ",
        "k8s://https://host:6443, , , , 1, nvidia.com",
        "local-cluster[4;1;1024], , , , , ",
        "local[4], , , , , ",
    })
    void asksForAGpuForEachRankOfAnExecutor(
            String master, String taskCores, String executorCores, String given, String gpus, String vendor) {
        SparkConf user = new SparkConf(false);
        set(user, "spark.task.cpus", taskCores);
        set(user, "spark.executor.cores", executorCores);
        set(user, "spark.executor.resource.gpu.amount", given);
        String url = master.replace(';', ',');
        SparkConf conf = RankSpark.configure(user, url, 4, GpuUse.ALWAYS, "application.jar");
        assertThat(conf.get("spark.executor.resource.gpu.amount", null)).isEqualTo(gpus);
        assertThat(conf.get("spark.executor.resource.gpu.vendor", null)).isEqualTo(vendor);
        assertThat(GpuResources.ofStage(conf, GpuUse.ALWAYS).isPresent()).isEqualTo(gpus != null);
        SparkConf auto = RankSpark.configure(user, url, 4, GpuUse.IF_ALL, "application.jar");
        assertThat(auto.get("spark.executor.resource.gpu.amount", null)).isEqualTo(given);
    }

    @Test
    void aStageOfGpusRequestsOneForEachTaskUnlessTheApplicationDoes() {
        SparkConf conf = new SparkConf(false)
                .set("spark.executor.resource.gpu.amount", "2")
                .set("spark.task.cpus", "3");
        ResourceProfile profile = GpuResources.ofStage(conf, GpuUse.IF_ALL).orElseThrow();
        assertThat(profile.taskResourcesJMap().get("gpu").amount()).isEqualTo(1);
        assertThat(profile.taskResourcesJMap().get("cpus").amount()).isEqualTo(3);
        assertThat(profile.executorResourcesJMap()).isEmpty();
        assertThat(GpuResources.ofStage(conf, GpuUse.NEVER)).isEmpty();
        conf.set("spark.task.resource.gpu.amount", "1");
        assertThat(GpuResources.ofStage(conf, GpuUse.ALWAYS)).isEmpty();
    }

    private static void set(SparkConf conf, String key, String value) {
        if (value != null) {
            conf.set(key, value);
        }
    }
}
