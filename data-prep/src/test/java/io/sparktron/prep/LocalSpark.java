package io.sparktron.prep;

import org.apache.spark.sql.SparkSession;

/** The one Spark session of the tests' process, at the parallelism that a test asks for. */
public final class LocalSpark {
    private LocalSpark() {}

    public static SparkSession session() {
        return session(2);
    }

    /** @param parallelism number of partitions of every shuffle */
    public static SparkSession session(int parallelism) {
        if (SparkSession.getDefaultSession().isDefined()) {
            SparkSession there = SparkSession.getDefaultSession().get();
            boolean stopped = there.sparkContext().isStopped();
            if (!stopped && there.sparkContext().defaultParallelism() == parallelism) {
                return there;
            }
            there.stop();
        }
        return SparkSession.builder()
                .master("local[2]")
                .appName("data-prep tests")
                .config("spark.ui.enabled", "false")
                .config("spark.default.parallelism", Integer.toString(parallelism))
                .config("spark.sql.shuffle.partitions", Integer.toString(parallelism))
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
    }
}
