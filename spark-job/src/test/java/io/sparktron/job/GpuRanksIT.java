package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.Collective;
import io.sparktron.kernels.cuda.CudaGpus;
import io.sparktron.kernels.cuda.GpuFailures;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.rank.RankProgram;
import io.sparktron.tensor.Queue;
import io.sparktron.tokens.InvalidInputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks in executor processes on pretended GPUs: what Spark gives each, and what is left to them. */
@Tag("doubles")
@Timeout(120)
class GpuRanksIT {
    private static final String[] UUIDS = {
        "GPU-70726574-656e-6465-6400-000000000000",
        "GPU-70726574-656e-6465-6400-000000000001",
        "GPU-70726574-656e-6465-6400-000000000002",
        "GPU-70726574-656e-6465-6400-000000000003"
    };

    private final List<String> said = new ArrayList<>();

    /** Tells which GPU a rank got. */
    private record Which(GpuUse gpus) implements RankProgram<String> {
        @Override
        public String run(RankContext context) {
            return context.gpu().map(gpu -> gpu.uuid()).orElse("none");
        }
    }

    private static SparkConf plain() {
        return new SparkConf()
                .set("spark.ui.enabled", "false")
                .set("spark.executor.memory", "512m")
                .set("spark.executor.cores", "1");
    }

    /** One rank kills its GPU while the others wait for it. */
    private record Lose() implements RankProgram<String> {
        @Override
        public String run(RankContext context) {
            if (context.rank() == 2) {
                GpuFailures.lose(context.gpu().orElseThrow().ordinal());
            }
            try (HostDevice device = new HostDevice(1)) {
                Queue queue = device.newQueue("compute");
                while (true) {
                    context.world().run(new Collective.Barrier(), queue);
                }
            }
        }

        @Override
        public GpuUse gpus() {
            return GpuUse.ALWAYS;
        }
    }

    /** Tells how many GPUs its process sees, and what name its own has there. */
    private record Visible() implements RankProgram<String> {
        @Override
        public String run(RankContext context) {
            return CudaGpus.visible().size() + ", "
                    + context.gpu().orElseThrow().ordinal();
        }

        @Override
        public GpuUse gpus() {
            return GpuUse.ALWAYS;
        }
    }

    /** Tells in which process a rank runs. */
    private record Process() implements RankProgram<Long> {
        @Override
        public Long run(RankContext context) {
            return ProcessHandle.current().pid();
        }

        @Override
        public GpuUse gpus() {
            return GpuUse.ALWAYS;
        }
    }

    /** A Worker that discovers its GPUs, as those of a standalone cluster do. */
    private static SparkConf discovering() {
        return plain().set("spark.worker.resource.gpu.amount", "4")
                .set(
                        "spark.worker.resource.gpu.discoveryScript",
                        Path.of("../conf/find-gpus.sh")
                                .toAbsolutePath()
                                .normalize()
                                .toString())
                .set("spark.executor.resource.gpu.amount", "1");
    }

    private List<String> run(SparkConf given, String master, GpuUse use) {
        try (SparkRanks ranks = ranks(given, master, use)) {
            return ranks.run(4, new Which(use), report -> {}, () -> false);
        }
    }

    private SparkRanks ranks(SparkConf given, String master, GpuUse use) {
        SparkConf conf = RankSpark.configure(given, master, 4, use, System.getProperty("java.class.path"));
        return new SparkRanks(conf, HostSettings.standard(), Duration.ofSeconds(60), Duration.ofSeconds(30), said::add);
    }

    @Test
    void sparkGivesEachExecutorOfAWorkerAGpuOfItsOwn() {
        assertThat(run(discovering(), "local-cluster[1,4,2048]", GpuUse.ALWAYS)).containsExactlyInAnyOrder(UUIDS);
        assertThat(said).contains("device.kind = cuda: 4 x Pretended GPU");
    }

    @Test
    void aProcessSeesNoOtherGpuThanItsOwn() {
        try (SparkRanks ranks = ranks(discovering(), "local-cluster[1,4,2048]", GpuUse.ALWAYS)) {
            assertThat(ranks.run(4, new Visible(), report -> {}, () -> false)).containsOnly("1, 0");
        }
        try (SparkRanks ranks = ranks(
                discovering().set("spark.executorEnv.CUDA_VISIBLE_DEVICES", "3,2,1,0"),
                "local-cluster[1,4,2048]",
                GpuUse.ALWAYS)) {
            assertThat(ranks.run(4, new Visible(), report -> {}, () -> false))
                    .as("what the user has set")
                    .containsExactlyInAnyOrder("4, 0", "4, 1", "4, 2", "4, 3");
        }
    }

    @Test
    void whereNobodyCountsRanksTakeThemInTurn() {
        assertThat(run(plain(), "local-cluster[4,1,512]", GpuUse.IF_ALL)).containsExactly(UUIDS);
        assertThat(said).contains("device.kind = auto: cuda, since every rank has a GPU of its own: 4 x Pretended GPU");
    }

    /** Four Workers of one machine each discover all of its GPUs, and each hands out the first. */
    @Test
    void twoRanksThatAreGivenTheSameAreRefused() {
        assertThatThrownBy(() -> run(discovering(), "local-cluster[4,1,512]", GpuUse.ALWAYS))
                .hasMessageContaining("ranks 0 and 1")
                .hasMessageContaining("were both given " + UUIDS[0] + " (Pretended GPU)")
                .hasRootCauseInstanceOf(InvalidInputException.class);
    }

    @Test
    void whoLosesItsGpuGetsAnotherProcess() {
        try (SparkRanks ranks = ranks(plain(), "local-cluster[4,1,512]", GpuUse.ALWAYS)) {
            List<Long> before = ranks.run(4, new Process(), report -> {}, () -> false);
            assertThatThrownBy(() -> ranks.run(4, new Lose(), report -> {}, () -> false))
                    .isInstanceOfSatisfying(
                            RankFailedException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(Kind.LOST))
                    .hasMessageContainingAll("rank 2 (host ", "CUDA_ERROR_LAUNCH_FAILED (719)");
            assertThat(said)
                    .filteredOn(line -> line.contains("; replacing executor "))
                    .singleElement()
                    .asString()
                    .endsWith("whose process has lost its GPU");
            assertThat(said).noneMatch(line -> line.startsWith("warning: "));
            List<Long> after = ranks.run(4, new Process(), report -> {}, () -> false);
            assertThat(after).filteredOn(before::contains).hasSize(3);
        }
    }

    @Test
    void underALocalMasterOnlyAnotherStartHelps() {
        try (SparkRanks ranks = ranks(plain(), "local[4]", GpuUse.ALWAYS)) {
            assertThatThrownBy(() -> ranks.run(4, new Lose(), report -> {}, () -> false))
                    .isInstanceOfSatisfying(
                            RankFailedException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(Kind.PROGRAM))
                    .hasMessageContainingAll("rank 2 (host ", "CUDA_ERROR_LAUNCH_FAILED (719)")
                    .hasMessageEndingWith("start the command again");
        }
        assertThat(said).noneMatch(line -> line.contains("replacing executor"));
    }

    @Test
    void processorsAskForNone() {
        assertThat(run(plain(), "local-cluster[4,1,512]", GpuUse.NEVER)).containsOnly("none");
        assertThat(said).noneMatch(line -> line.contains("device.kind"));
    }
}
