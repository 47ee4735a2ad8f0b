package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.sparktron.job.DriverWatch.Wish;
import io.sparktron.rank.GpuUse;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkConf;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rank of an attempt that is over, woken up while another attempt runs in the same driver. */
@Timeout(30)
class LateMessagesTest {
    private final DriverPlugin driver = new RankPlugin().driverPlugin();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final RankRun now = run("now");

    private RankRun run(String id) {
        return new RankRun(id, 1, 1, AcrossHosts.ACCEPTED, GpuUse.NEVER, stop::get, Duration.ofSeconds(60));
    }

    @BeforeEach
    void anAttemptIsOverAndTheNextRuns() throws Exception {
        RankRun earlier = run("earlier");
        RankPlugin.register(earlier);
        RankPlugin.unregister(earlier);
        RankPlugin.register(now);
        new RankPlugin().executorPlugin().init(new Channel(), Map.of());
    }

    @AfterEach
    void end() {
        RankPlugin.unregister(now);
        new RankPlugin().executorPlugin().shutdown();
    }

    @Test
    void whatALeftOverReportsReachesNobody() throws Exception {
        driver.receive(new RankMessage.Report("earlier", 0, "late"));
        driver.receive(new RankMessage.Report("now", 0, "in time"));
        List<Serializable> reports = new ArrayList<>();
        now.deliver(reports::add, Duration.ZERO);
        assertThat(reports).containsExactly("in time");
    }

    @Test
    void whatALeftOverFailsOfIsNoFailureOfTheNextAttempt() throws Exception {
        Seat seat = Seats.seat("b/p/host", "1", 7, 0);
        RankMessage failed = new RankMessage.Failed("earlier", 0, seat, "late", new byte[0], null, false, false);
        assertThat(driver.receive(failed)).isEqualTo(Wish.OVER.name());
        assertThat(now.knowsCause()).isFalse();
    }

    @Test
    void aLeftOverHearsThatItIsOneAndARankOfTheAttemptDoesNot() throws Exception {
        try (DriverWatch leftOver = new DriverWatch("earlier", 0);
                DriverWatch rank = new DriverWatch("now", 0)) {
            while (!leftOver.over()) {
                Thread.sleep(10);
            }
            assertThat(rank.over()).isFalse();
            assertThat(rank.stopWanted()).isFalse();
            stop.set(true);
            while (!rank.stopWanted()) {
                Thread.sleep(10);
            }
            assertThat(rank.over()).isFalse();
        }
    }

    /** The channel without Spark's RPC between its ends. */
    private final class Channel implements PluginContext {
        @Override
        public Object ask(Object message) throws Exception {
            return driver.receive(message);
        }

        @Override
        public void send(Object message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SparkConf conf() {
            return new SparkConf(false);
        }

        @Override
        public MetricRegistry metricRegistry() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String executorID() {
            return "1";
        }

        @Override
        public String hostname() {
            return "host";
        }

        @Override
        public Map<String, ResourceInformation> resources() {
            return Map.of();
        }
    }
}
