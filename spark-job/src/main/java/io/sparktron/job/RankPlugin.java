package io.sparktron.job;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * The channel from ranks to the driver, over Spark's own RPC: named in {@code spark.plugins}, loaded by driver and executors. Messages of one
 * rank arrive in order. Spark makes the instances, so what they share with the rest of the process is static.
 */
public final class RankPlugin implements SparkPlugin {
    private static final Map<String, RankRun> RUNS = new ConcurrentHashMap<>();
    private static volatile PluginContext channel;

    static void register(RankRun run) {
        RUNS.put(run.id(), run);
    }

    static void unregister(RankRun run) {
        RUNS.remove(run.id());
    }

    /** The executor's end. */
    static PluginContext channel() {
        PluginContext open = channel;
        if (open == null) {
            throw new IllegalStateException("this executor has no channel to the driver: spark.plugins must name "
                    + RankPlugin.class.getName());
        }
        return open;
    }

    @Override
    public DriverPlugin driverPlugin() {
        return new DriverPlugin() {
            @Override
            public Object receive(Object message) {
                RankMessage received = (RankMessage) message;
                if (received instanceof RankMessage.Clock) {
                    return System.currentTimeMillis();
                }
                RankRun run = RUNS.get(received.run());
                // What comes late from an earlier job counts nowhere, and its sender is told so.
                DriverWatch.Wish wish = run == null ? DriverWatch.Wish.OVER : run.receive(received);
                return received.answered() ? wish.name() : null;
            }
        };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> configuration) {
                channel = context;
                OwnGpu.show(context.resources());
                if (context.conf().get("spark.master", "").startsWith("local-cluster")) {
                    OwnProcessGroup.enter();
                }
            }

            @Override
            public void shutdown() {
                channel = null;
            }
        };
    }
}
