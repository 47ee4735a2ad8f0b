package io.sparktron.preflight;

import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import io.sparktron.job.SparkFacts;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelRequest;
import io.sparktron.model.Recompute;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ClusterFacts;
import io.sparktron.rank.ControlGroup;
import io.sparktron.rank.GpuOffer;
import io.sparktron.rank.ProcessFacts;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkConf;

/** Clusters, requests and ranks in which all is well, for tests to spoil. */
final class Situations {
    static final DeviceConfig ONE_THREAD = new DeviceConfig(DeviceConfig.Kind.HOST, 1);
    static final ModelRequest NO_MODEL = model(0, 0, 0);

    private Situations() {}

    /** What spark-submit would hand over, settings as {@code key=value}. */
    static ClusterFacts cluster(String master, String... settings) {
        SparkConf conf = new SparkConf(false);
        for (String setting : settings) {
            conf.set(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        return SparkFacts.of(conf, master);
    }

    /** A number that is 0 is not given. */
    static ModelRequest model(int layers, int hidden, int heads) {
        return new ModelRequest(given(layers), given(hidden), given(heads), given(0), given(0), OptionalInt.empty());
    }

    private static OptionalInt given(int value) {
        return value == 0 ? OptionalInt.empty() : OptionalInt.of(value);
    }

    static PreflightRequest request(Layout layout, ModelRequest model, int microBatch, int globalBatch) {
        return new PreflightRequest(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                model,
                layout,
                microBatch,
                globalBatch,
                Mode.training(0, Recompute.NONE, 0),
                Precision.FP32,
                ONE_THREAD,
                Optional.empty(),
                3,
                Optional.empty(),
                List.of("run.dir"),
                "",
                false);
    }

    static ProcessFacts process(String host, long process) {
        return process(host, process, null, "");
    }

    static ProcessFacts process(String host, long process, Network network, String noNetwork) {
        return new ProcessFacts(
                new HostIdentity("boot of " + host, "pid:[1]", host),
                "executor-" + process,
                process,
                cluster("local").spark(),
                List.of(),
                network,
                noNetwork,
                new GpuOffer.None("nobody asked"),
                new ProcessFacts.DriverAnswer("", Duration.ofMillis(2), Duration.ZERO),
                "");
    }

    static Machine machine(int cores, long availableMemory, long limit) {
        return new Machine(cores, "maker family 6 model 85 with avx avx2", availableMemory, group(limit), 1L << 30);
    }

    static ControlGroup group(long limit) {
        return new ControlGroup("/kubepods/pod1", limit);
    }

    static RankReport report(int rank, ProcessFacts process, Machine machine, Finding... findings) {
        return new RankReport(rank, process, machine, List.of(findings));
    }
}
