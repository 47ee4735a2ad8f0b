package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.Saves;
import io.sparktron.collective.Collective.Barrier;
import io.sparktron.collective.Communicator;
import io.sparktron.data.BatchReader;
import io.sparktron.data.SampleOrder;
import io.sparktron.data.TokenDataset;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.storage.Permission;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Inference;
import io.sparktron.train.RankDevice;
import io.sparktron.train.Trainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ranks that take longer than their peers wait: as long as they pass kernels or blocks of files, nobody gives them up. */
@Timeout(120)
class SlowRankTest {
    private static final Duration PEERS_WAIT = Duration.ofSeconds(2);

    /** At least so long is each rank kept from its peer. */
    private static final long LATE = PEERS_WAIT.toNanos() * 3 / 2;

    private static final DeviceConfig ONE_THREAD = new DeviceConfig(DeviceConfig.Kind.HOST, 1);

    @TempDir
    Path folder;

    private SmallRuns runs;
    private PretrainRequest request;

    @BeforeEach
    void aRunOfOneStep() {
        runs = new SmallRuns(folder);
        SmallRuns.Request first = runs.request("run").steps(1);
        first.run();
        request = first.build();
    }

    private interface Work {
        void run(Execution on) throws Exception;
    }

    /** In each pair of ranks the first waits while the second works. */
    private void pairs(List<Work> works) {
        new ThreadRanks(PEERS_WAIT)
                .run(
                        2 * works.size(),
                        context -> {
                            try (RankDevice device =
                                    new RankDevice(ONE_THREAD, new Layout(1, context.ranks()), context)) {
                                pair(context, device.execution(), works.get(context.rank() / 2));
                            }
                            return 0;
                        },
                        report -> {});
    }

    private static void pair(RankContext context, Execution on, Work work) throws Exception {
        Communicator pair = context.world().split("pair", context.rank() / 2);
        if (pair.rank() == 1) {
            long began = System.nanoTime();
            work.run(on);
            assertThat(System.nanoTime() - began)
                    .as("slow enough to prove anything")
                    .isGreaterThan(LATE);
        }
        pair.run(new Barrier(), on.queue());
    }

    @Test
    void kernelsAndBlocksOfFilesKeepPeersWaiting() {
        pairs(List.of(this::load, this::read, SlowRankTest::compute));
    }

    private void load(Execution on) {
        Configuration slow = HookedFileSystem.slow(".safetensors", 150);
        try (Inference model = Inference.forLosses(
                on,
                Checkpoint.open("hooked:" + runs.folder("run"), slow),
                checkpoint().metadata().model(),
                1)) {
            assertThat(model.state().weights()).isNotEmpty();
        }
    }

    /** Its file is checked, opened, and its one row group read. */
    private void read(Execution on) {
        Configuration slow = HookedFileSystem.slow(".parquet", 800);
        TokenDataset data = TokenDataset.open("hooked:" + request.trainData(), slow);
        try (BatchReader batches = new BatchReader(
                data,
                new SampleOrder(data.samples(), SampleWriter.ROW_GROUP_SAMPLES, 0),
                LongStream.range(0, 4).iterator(),
                4,
                1,
                slow,
                on.mesh().world()::progress)) {
            assertThat(batches.next().positions()).hasSize(4);
        }
    }

    private static void compute(Execution on) throws InterruptedException {
        try (Memory memory = on.kernels().device().allocator().allocate("operand", Float.BYTES)) {
            Tensor tensor = new Tensor(memory, 0, DType.FLOAT32, Shape.of(1));
            for (long end = System.nanoTime() + LATE; System.nanoTime() <= end; Thread.sleep(50)) {
                on.kernels().elementwise().fill(on.queue(), tensor, 1);
            }
        }
    }

    @Test
    void aSlowShardKeepsPeersWaiting() {
        long began = System.nanoTime();
        save(HookedFileSystem.slow("rank-00001.safetensors", 100));
        assertThat(System.nanoTime() - began)
                .as("slow enough to prove anything")
                .isGreaterThan(LATE);
        assertThat(Checkpoint.open(runs.folder("slow"), SmallRuns.HADOOP).tensors())
                .isEqualTo(checkpoint().tensors());
    }

    /** One block takes longer than peers wait. */
    @Test
    void aFileSystemThatHangsIsGivenUp() {
        assertThatThrownBy(() -> save(HookedFileSystem.slow("rank-00001.safetensors", 4000)))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContainingAll("rank 1", "did not come to", "within 2.0 s");
        assertThat(folder.resolve("slow/checkpoints/step-00000001/manifest.json"))
                .doesNotExist();
    }

    /** Two ranks save what the run has saved, into another folder. */
    private void save(Configuration hadoop) {
        Checkpoint saved = checkpoint();
        new ThreadRanks(PEERS_WAIT)
                .run(
                        2,
                        context -> {
                            try (RankDevice device = new RankDevice(ONE_THREAD, new Layout(2, 1), context);
                                    Trainer trainer = new Trainer(
                                            device.execution(), saved.metadata().model(), request.training())) {
                                saved.load(
                                        trainer.state().all(),
                                        device.execution().queue());
                                Saves.save(
                                        "hooked:" + runs.folder("slow"),
                                        saved.metadata(),
                                        trainer.state().all(),
                                        context.world(),
                                        device.execution().queue(),
                                        hadoop,
                                        "a",
                                        Permission.ALWAYS,
                                        context::pass);
                            }
                            return 0;
                        },
                        report -> {});
    }

    private Checkpoint checkpoint() {
        return Checkpoint.open(runs.folder("run"), SmallRuns.HADOOP);
    }
}
