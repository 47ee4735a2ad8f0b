package io.sparktron.job;

import io.sparktron.collective.Communicator;
import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.RankContext;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;

/** A rank inside a barrier task. */
record SparkRankContext(
        String run,
        int rank,
        Seating seating,
        Optional<CudaGpu> gpu,
        Duration peerTimeout,
        Communicator world,
        CancelWatch watch,
        DriverWatch driver)
        implements RankContext {
    @Override
    public int ranks() {
        return seating.ranks();
    }

    @Override
    public String host() {
        return seating.byRank().get(rank).identity().name();
    }

    @Override
    public int ranksOnHost() {
        return seating.ranksOnHostOf(rank);
    }

    @Override
    public void report(Serializable message) {
        try {
            RankPlugin.channel().send(new RankMessage.Report(run, rank, message));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean cancelled() {
        return watch.cancelled();
    }

    @Override
    public boolean stopRequested() {
        return driver.stopWanted();
    }

    /** Of a cluster that holds executors to their settings. */
    @Override
    public OptionalLong memoryLimit() {
        SparkConf conf = SparkEnv.get().conf();
        ClusterFacts cluster = SparkFacts.of(conf, conf.get("spark.master"));
        return cluster.limited()
                ? OptionalLong.of(cluster.overhead() / cluster.ranksOfExecutor())
                : OptionalLong.empty();
    }
}
