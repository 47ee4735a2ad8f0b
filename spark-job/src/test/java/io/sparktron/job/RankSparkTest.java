package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
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
        SparkConf conf = RankSpark.configure(given, master, ranks, "application.jar");
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
        SparkConf conf = RankSpark.configure(given, master, 4, "application.jar");
        assertThat(conf.get("spark.cores.max")).isEqualTo(coresMax);
        assertThat(conf.get("spark.executor.instances")).isEqualTo(executors);
        assertThat(Slots.most(conf)).hasValue(slots);
    }

    private static void set(SparkConf conf, String key, String value) {
        if (value != null) {
            conf.set(key, value);
        }
    }
}
