package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.faults.StandaloneCluster;
import io.sparktron.golden.GoldenRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose ranks are on two hosts: Workers of one machine, each of whose addresses counts as one. */
class HostsIT {
    private static final int FIRST_PORT = 23_400;
    private static final int LAST_PORT = 23_499;

    /** Two for each pair of ranks of the two hosts. */
    private static final int CONNECTIONS = 2 * 2 * 2;

    /** Local address 127.0.0.2 and its port, then the other end, then the state: established. */
    private static final Pattern TAKEN = Pattern.compile("0200007F:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 01 ");

    @TempDir
    static Path folder;

    private static StandaloneCluster cluster;
    private static GoldenRun golden;

    @BeforeAll
    static void startCluster() throws Exception {
        golden = new GoldenRun("gpt2", folder);
        cluster = new StandaloneCluster(folder.resolve("cluster"));
        cluster.addWorker("127.0.0.2", 2);
        cluster.addWorker("127.0.0.3", 2);
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void aTensorGroupOnEachHostTrainsToTheBitsOfThreads() throws Exception {
        String[] layout = {"parallel.tensor=2", "parallel.data=2", "train.global-batch=4", "train.steps=15"};
        Launcher.Result result;
        try (Launcher launcher = Launcher.start(folder, onTheCluster("two-groups", layout))) {
            launcher.await(running -> connectionsAtTheFirstHost() == CONNECTIONS);
            result = launcher.finish();
        }
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err())
                .contains("ranks 0-1 on host 127.0.0.2, ranks 2-3 on host 127.0.0.3:"
                        + " shared memory inside a host, TCP between hosts")
                .doesNotContain("warning");
        assertThat(Files.readString(folder.resolve("two-groups").resolve("run.json")))
                .contains("\"host\" : \"127.0.0.2\"", "\"host\" : \"127.0.0.3\"");
        assertThat(losses("two-groups")).hasSize(15).isEqualTo(ofThreads("threads-4", 4, layout));
    }

    @Test
    void aTensorGroupOfTwoHostsIsWarnedOfAndTrainsToTheBitsOfThreads() throws Exception {
        String[] layout = {"parallel.tensor=2", "parallel.data=1"};
        Launcher.Result result = pretrain("one-group", layout);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.err())
                .contains("rank 0 on host 127.0.0.2, rank 1 on host 127.0.0.3: TCP")
                .contains("warning: ranks that share every layer are on several hosts")
                .contains("ranks 0-1 (127.0.0.2, 127.0.0.3)");
        golden.check(folder.resolve("one-group"));
        assertThat(losses("one-group")).isEqualTo(ofThreads("threads-2", 2, layout));
    }

    @Test
    void aTensorGroupOfTwoHostsIsRefusedWhereTheUserSaysSo() throws Exception {
        Launcher.Result result =
                pretrain("refused", "parallel.tensor=2", "parallel.data=1", "parallel.across-hosts=false");
        assertThat(result.code()).as(result.err()).isEqualTo(2);
        assertThat(result.lastLine()).contains("parallel.across-hosts", "ranks 0-1 (127.0.0.2, 127.0.0.3)");
    }

    /** On the cluster; the Master spreads the executors over its Workers. */
    /** The Master spreads the executors over its Workers. */
    private static String[] onTheCluster(String run, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--master", cluster.master()));
        arguments.addAll(cluster.options());
        arguments.add("pretrain");
        List<String> all = settings(run, settings);
        all.addAll(List.of("job.host-identity=address", "job.ports=" + FIRST_PORT + "-" + LAST_PORT));
        all.forEach(each -> arguments.addAll(List.of("--set", each)));
        return arguments.toArray(String[]::new);
    }

    private static Launcher.Result pretrain(String run, String... settings) throws Exception {
        return Launcher.run(folder, onTheCluster(run, settings));
    }

    /** Established connections that ranks of 127.0.0.2 have taken, as the kernel lists them. */
    private static int connectionsAtTheFirstHost() {
        int count = 0;
        try {
            for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
                Matcher taken = TAKEN.matcher(Files.readString(Path.of(table)));
                while (taken.find()) {
                    int port = Integer.parseInt(taken.group(1), 16);
                    count += port >= FIRST_PORT && port <= LAST_PORT ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count;
    }

    private static List<String> ofThreads(String run, int ranks, String... settings) throws Exception {
        SparkConf spark = new SparkConf(false).set("spark.master", "local[" + ranks + "]");
        InProcess.Result result = InProcess.run(spark, "pretrain", settings(run, settings));
        assertThat(result.code()).as(result.err()).isZero();
        return losses(run);
    }

    private static List<String> settings(String run, String... settings) {
        List<String> all = new ArrayList<>();
        golden.settings().forEach((key, value) -> all.add(key + "=" + value));
        all.add("run.dir=" + folder.resolve(run));
        all.add("device.threads=1");
        all.addAll(Arrays.asList(settings));
        return all;
    }

    /** The loss of each step as it stands in the file: its digits read back to the same bits. */
    private static List<String> losses(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run).resolve("metrics.jsonl")).stream()
                .map(line -> line.replaceAll(".*\"loss\"\\s*:\\s*([^,}]+).*", "$1"))
                .toList();
    }
}
