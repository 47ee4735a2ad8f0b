package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.evaluate.Evaluate;
import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.evaluate.Evaluation;
import io.sparktron.kernels.LossScaling;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.run.StepMetrics;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on pretended GPUs, where the loss of a step is read while the next one runs. */
@Tag("doubles")
@Timeout(180)
class CudaRunTest {
    @TempDir
    Path folder;

    private SmallRuns runs;

    @BeforeEach
    void runs() {
        runs = new SmallRuns(folder);
    }

    /** Checkpoints, comparisons of copies and validations come between two steps, so they see the one before them and nothing of the next. */
    @Test
    void tellsEveryStepOnceWhateverComesBetween() {
        runs.request("host").layout(2, 2).microBatch(1).steps(6).run();
        runs.request("bare")
                .onGpus()
                .layout(2, 2)
                .microBatch(1)
                .steps(6)
                .checkReplicasEvery(0)
                .run();
        runs.request("busy")
                .onGpus()
                .layout(2, 2)
                .microBatch(1)
                .steps(6)
                .checkpointEvery(2)
                .validateEvery(3)
                .inBackground()
                .run();
        assertThat(runs.metrics("bare")).extracting(StepMetrics::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(runs.losses("busy")).isEqualTo(runs.losses("bare"));
        for (int step = 0; step < 6; step++) {
            assertThat(runs.losses("bare").get(step))
                    .isCloseTo(runs.losses("host").get(step), Percentage.withPercentage(1e-3));
        }
        assertThat(runs.metrics("busy").get(2).validationLoss()).isNotNull();
        assertThat(runs.metrics("host"))
                .extracting(StepMetrics::exposedCommunicationSeconds)
                .doesNotContainNull();
        assertThat(runs.metrics("bare"))
                .as("the thread only enqueues")
                .extracting(StepMetrics::exposedCommunicationSeconds)
                .containsOnlyNulls();
        for (int step = 2; step <= 6; step += 2) {
            Checkpoint saved =
                    Checkpoint.open(runs.folder("busy") + "/checkpoints/step-0000000" + step, SmallRuns.HADOOP);
            assertThat(saved.metadata().metrics()).hasSize(2).last().asString().contains("\"step\":" + step + ",");
        }
        assertThat(runs.progress())
                .anyMatch(line -> line.matches("4 ranks ready, each like rank [0-3]: cuda: .*")
                        && line.contains(" MiB of it in use, ")
                        && line.contains(" MiB of host memory"));
    }

    /** In fp16, whose scale of the next step the host hears a step late. */
    @Test
    void aStopAndAResumeChangeNoBit() {
        LossScaling scaling = new LossScaling(1024, 2, 2, 1);
        runs.request("whole")
                .onGpus()
                .layout(1, 2)
                .steps(6)
                .precision(Precision.FP16, scaling)
                .run();
        AtomicInteger asked = new AtomicInteger();
        boolean finished = runs.request("parts")
                .onGpus()
                .layout(1, 2)
                .steps(6)
                .precision(Precision.FP16, scaling)
                .run(() -> asked.incrementAndGet() > 4 ? Optional.of("enough") : Optional.empty());
        assertThat(finished).isFalse();
        int made = runs.metrics("parts").size();
        assertThat(made).isBetween(1, 5);
        runs.request("parts")
                .onGpus()
                .layout(1, 2)
                .steps(6)
                .precision(Precision.FP16, scaling)
                .run();
        assertThat(runs.losses("parts")).isEqualTo(runs.losses("whole"));
        assertThat(runs.metrics("parts"))
                .extracting(StepMetrics::lossScale)
                .containsExactly(1024.0, 1024.0, 2048.0, 2048.0, 4096.0, 4096.0);
    }

    @Test
    void aRunGoesOnOnTheOtherDeviceAndIsEvaluatedOnBoth() throws Exception {
        runs.request("run").layout(2, 1).steps(2).run();
        runs.request("run").onGpus().layout(1, 1).steps(4).run();
        runs.request("host").layout(2, 1).steps(4).run();
        assertThat(runs.losses("run").subList(0, 2))
                .isEqualTo(runs.losses("host").subList(0, 2));
        assertThat(runs.losses("run").get(3)).isCloseTo(runs.losses("host").get(3), Percentage.withPercentage(1e-3));
        Evaluation onHost = evaluate(DeviceConfig.Kind.HOST);
        Evaluation onGpus = evaluate(DeviceConfig.Kind.CUDA);
        assertThat(onGpus.targets()).isEqualTo(onHost.targets());
        assertThat(onGpus.loss()).isCloseTo(onHost.loss(), Percentage.withPercentage(1e-3));
    }

    private Evaluation evaluate(DeviceConfig.Kind kind) throws Exception {
        EvaluateRequest request = new EvaluateRequest(
                runs.folder("run"), runs.dataset("validation", 12), new Layout(2, 1), 2, new DeviceConfig(kind, 1));
        return Evaluate.run(request, new ThreadRanks(Duration.ofSeconds(60)), SmallRuns.HADOOP);
    }

    @Test
    void aMachineWithTooFewGpusIsRefusedBeforeAnythingStarts() {
        assertThatThrownBy(() -> runs.request("run")
                        .onGpus()
                        .layout(1, 8)
                        .microBatch(1)
                        .globalBatch(8)
                        .run())
                .hasMessageContaining("ranks 0, 1, 2, 3, 4, 5, 6, 7 run on host")
                .hasMessageContaining("where CUDA shows 4 GPUs")
                .hasMessageContaining("device.kind = host");
    }

    /** What does not fit is told before the first step, with what else the rank needs. */
    @Test
    void aModelThatDoesNotFitIsToldWithItsPlan() {
        List<String> words = List.of("the rank needs ", " MiB: ", "parameters ", "gradients ", "activations ");
        assertThatThrownBy(() -> runs.request("run")
                        .onGpus()
                        .microBatch(1 << 16)
                        .globalBatch(1 << 16)
                        .run())
                .hasMessageContaining("no memory of GPU 0")
                .hasMessageContainingAll(words.toArray(String[]::new));
    }
}
