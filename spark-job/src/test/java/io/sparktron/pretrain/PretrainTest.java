package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.evaluate.Evaluate;
import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.evaluate.Evaluation;
import io.sparktron.kernels.LossScaling;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.run.StepMetrics;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs: data, steps, validation, checkpoints, resuming, and what a run folder holds afterwards. */
@Timeout(120)
class PretrainTest {
    @TempDir
    Path folder;

    private SmallRuns runs;

    @BeforeEach
    void runs() {
        runs = new SmallRuns(folder);
    }

    @Test
    void leavesMetricsARunPageAndACheckpoint() throws Exception {
        runs.request("run").layout(2, 2).microBatch(1).validateEvery(4).run();

        List<StepMetrics> metrics = runs.metrics("run");
        assertThat(metrics).extracting(StepMetrics::step).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(metrics).extracting(StepMetrics::consumed).startsWith(4L, 8L).endsWith(40L);
        assertThat(metrics).extracting(StepMetrics::lr).startsWith(1.5e-3, 3e-3);
        assertThat(metrics)
                .filteredOn(step -> step.validationLoss() != null)
                .extracting(StepMetrics::step)
                .containsExactly(4L, 8L, 10L);
        assertThat(metrics)
                .allSatisfy(step ->
                        assertThat(step.exposedCommunicationSeconds()).isBetween(Math.ulp(0.0), step.stepSeconds()));
        assertThat(metrics.get(9).loss()).isLessThan(metrics.get(0).loss());
        JsonNode page = new ObjectMapper().readTree(Files.readString(folder.resolve("run/run.json")));
        assertThat(page.get("parallel").get("tensor").asInt()).isEqualTo(2);
        assertThat(page.get("ranks")).hasSize(4);
        assertThat(page.get("software").get("sparktron").asText()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(page.get("software").get("commit").asText()).matches("[0-9a-f]{40}(-dirty)?|unknown");
        assertThat(page.get("settings").get("a").asInt()).isEqualTo(1);
        assertThat(Checkpoint.open(runs.folder("run"), SmallRuns.HADOOP)
                        .metadata()
                        .consumed())
                .isEqualTo(40);
        assertThat(runs.progress()).anyMatch(line -> line.startsWith("step 10 of 10, loss "));
    }

    @Test
    void stoppedAfterStep7AndStartedAgainIsTheSameBits() {
        runs.request("whole").layout(2, 2).microBatch(1).run();
        runs.request("parts").layout(2, 2).microBatch(1).steps(7).run();
        runs.request("parts").layout(2, 2).microBatch(1).run();
        assertThat(runs.losses("parts")).isEqualTo(runs.losses("whole"));
    }

    @Test
    void choicesThatChangeNothingAreTold() {
        runs.request("one").layout(new Layout(1, 1, true, true)).microBatch(1).run();
        assertThat(runs.progress())
                .filteredOn(line -> line.startsWith("parallel.sequence = true, but at parallel.tensor = 1"))
                .hasSize(1);
        assertThat(runs.progress())
                .filteredOn(line -> line.startsWith("parallel.optimizer-sharding = true, but at parallel.data = 1"))
                .hasSize(1);
    }

    /** Half of it with the optimizer's state divided over the copies, and saved as each has it. */
    @Test
    void goesOnWithADividedOptimizerWithTheSameBits() {
        Layout sharded = new Layout(2, 2, false, true);
        runs.request("whole").layout(2, 2).microBatch(1).run();
        runs.request("parts")
                .layout(sharded)
                .microBatch(1)
                .steps(4)
                .checkpointEvery(2)
                .inBackground()
                .run();
        runs.request("parts").layout(2, 2).microBatch(1).steps(7).run();
        runs.request("parts").layout(sharded).microBatch(1).run();
        assertThat(runs.losses("parts")).isEqualTo(runs.losses("whole"));
    }

    @ParameterizedTest(name = "resumed at tensor {0} x data {1}, micro-batch {2}")
    @CsvSource({"1, 1, 4", "4, 1, 2", "1, 4, 1", "2, 2, 2"})
    void resumedAtAnotherLayoutIsTheSameModel(int tensor, int data, int microBatch) {
        runs.request("whole").layout(2, 2).microBatch(1).run();
        runs.request("parts").layout(2, 2).microBatch(1).steps(5).run();
        SmallRuns.Request resumed = runs.request("parts").layout(tensor, data).microBatch(microBatch);
        double[] spread =
                new ResumedSpread(resumed.build(), Checkpoint.open(runs.folder("parts"), SmallRuns.HADOOP)).measure();
        resumed.run();

        List<Double> whole = runs.losses("whole");
        List<Double> parts = runs.losses("parts");
        assertThat(parts.subList(0, 5)).isEqualTo(whole.subList(0, 5));
        for (int i = 0; i < spread.length; i++) {
            assertThat(Math.abs(parts.get(5 + i) - whole.get(5 + i)))
                    .as("step " + (6 + i))
                    .isLessThan(4 * spread[i]);
        }
    }

    @Test
    void epochsFollowEachOther() { // 61 samples, 4 a step: the second epoch begins inside step 16
        runs.request("whole").steps(18).run();
        runs.request("parts").steps(16).run();
        runs.request("parts").steps(18).run();
        assertThat(runs.losses("parts")).isEqualTo(runs.losses("whole"));
    }

    @Test
    void aFinishedRunStartedAgainChangesNothing() throws Exception {
        runs.request("run").run();
        String metrics = Files.readString(folder.resolve("run/metrics.jsonl"));
        runs.request("run").run();
        assertThat(runs.progress()).anyMatch(line -> line.startsWith("already finished"));
        assertThat(Files.readString(folder.resolve("run/metrics.jsonl"))).isEqualTo(metrics);
    }

    @Test
    void startsFromTheWeightsOfAnotherRun() {
        runs.request("first").validateEvery(10).run();
        runs.request("second")
                .withoutModel()
                .initFrom(runs.folder("first"))
                .steps(1)
                .peak(0) // a step that moves nothing
                .validateEvery(1)
                .run();
        assertThat(runs.metrics("second")).extracting(StepMetrics::step).containsExactly(1L);
        assertThat(runs.metrics("second").get(0).validationLoss())
                .isEqualTo(runs.metrics("first").get(9).validationLoss());
        assertThat(runs.losses("second").get(0)).isLessThan(runs.losses("first").get(0));
    }

    @Test
    void evaluatesEverySampleOnceAtAnyLayout() {
        runs.request("run").validateEvery(10).run();
        Evaluation one = evaluate(new Layout(1, 1), 4);
        Evaluation split = evaluate(new Layout(2, 3), 3);
        assertThat(one.targets()).isEqualTo((long) SmallRuns.SAMPLES * SmallRuns.SEQUENCE);
        assertThat(split.targets()).isEqualTo(one.targets());
        double goldenBar = 5e-6; // relative, of each layout to the exact loss, which is above 1
        assertThat(Math.abs(split.loss() - one.loss())).isLessThan(2 * goldenBar);
        assertThat(one.perplexity()).isEqualTo(StrictMath.exp(one.loss()));
    }

    @ParameterizedTest(name = "tensor {0} x data {1}, micro-batch {2}")
    @CsvSource({"1, 1, 4", "2, 2, 2"})
    void aValidationOfAllSamplesIsWhatEvaluateFinds(int tensor, int data, int microBatch) {
        runs.request("run")
                .layout(tensor, data)
                .microBatch(microBatch)
                .validateEvery(10)
                .validateBatches(SmallRuns.SAMPLES)
                .run();
        Evaluation evaluation = evaluate(new Layout(tensor, data), microBatch);
        assertThat(runs.metrics("run").get(9).validationLoss()).isEqualTo(evaluation.loss());
    }

    @Test
    void aShortValidationReadsSoManyBatches() {
        runs.request("run").validateEvery(10).validateBatches(1).run();
        assertThat(runs.metrics("run").get(9).validationLoss())
                .isNotEqualTo(evaluate(new Layout(1, 1), 2).loss());
    }

    @Test
    void everyCheckpointHoldsTheMetricsSinceTheOneBefore() throws Exception {
        runs.request("run").steps(7).checkpointEvery(3).run();
        assertThat(Checkpoint.all(runs.folder("run"), SmallRuns.HADOOP))
                .extracting(checkpoint -> checkpoint.metadata().metrics().stream()
                        .map(line -> StepMetrics.parse(line).step())
                        .toList())
                .containsExactly(List.of(1L, 2L, 3L), List.of(4L, 5L, 6L), List.of(7L));
    }

    @Test
    void weightsServeSamplesOfAnyLengthUpToTheirPositions() {
        runs.request("long").steps(1).run();
        String shorter = runs.dataset("shorter", 14, 5);
        runs.request("short")
                .steps(1)
                .withoutModel()
                .data(shorter)
                .initFrom(runs.folder("long"))
                .run();
        var model = Checkpoint.open(runs.folder("short"), SmallRuns.HADOOP)
                .metadata()
                .model();
        assertThat(model.sequence()).isEqualTo(5);
        assertThat(model.positions()).isEqualTo(SmallRuns.SEQUENCE);
        String longer = runs.dataset("longer", 14, 20);
        assertRefused(
                runs.request("refused").withoutModel().data(longer).initFrom(runs.folder("long")),
                "model.positions = 13",
                "model.sequence = 20");
        assertRefused(
                runs.request("refused").positions(20).data(longer).initFrom(runs.folder("long")),
                "the checkpoint holds",
                "positions=13",
                "positions=20");
        assertThatThrownBy(() -> Evaluate.run(
                        new EvaluateRequest(
                                runs.folder("long"),
                                longer,
                                new Layout(1, 1),
                                1,
                                new DeviceConfig(DeviceConfig.Kind.HOST, 1)),
                        new ThreadRanks(Duration.ofSeconds(60)),
                        SmallRuns.HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("have 20 tokens")
                .hasMessageContaining("13 positions");
    }

    @Test
    void refusesAnotherModelSeedOrDataInTheSameFolder() {
        runs.request("run").steps(1).run();
        assertRefused(runs.request("run").heads(8), "the model");
        assertRefused(runs.request("run").seed(6), "train.seed");
        assertRefused(runs.request("run").data(runs.dataset("other", 13)), "the training data");
        assertThat(runs.metrics("run")).hasSize(1);
    }

    @Test
    void refusesARunFolderThatIsAFileOrLiesBelowOne() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "mine");
        assertRefused(runs.request("file"), "run.dir", "file is a file or lies below one");
        assertRefused(runs.request("file/run"), "run.dir", "file/run is a file or lies below one");
        assertThat(file).hasContent("mine");
    }

    @Test
    void refusesWhatCannotBeDivided() {
        assertRefused(runs.request("run").layout(3, 1), "parallel.tensor = 3", "model.heads = 4");
        assertRefused(runs.request("run").globalBatch(5), "train.global-batch = 5", "1 x 2");
        assertRefused(
                runs.request("run").microBatch(1 << 30).globalBatch(1 << 30),
                "train.micro-batch = 1073741824",
                "at most 38347922");
        assertRefused(runs.request("run").heads(3), "model.heads = 3", "model.hidden = 40");
        assertRefused(runs.request("run").withoutModel(), "model.layers is not set");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void refusesMissingDataAndCheckpoints() {
        assertRefused(runs.request("run").data(runs.folder("nowhere")), "nowhere");
        assertRefused(runs.request("run").initFrom(runs.folder("nowhere")), "nowhere");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void stopsWhenTheGradientIsNotFinite() {
        assertThatThrownBy(
                        () -> runs.request("run").peak(1e30).checkpointEvery(1).run())
                .isInstanceOf(RankFailedException.class)
                .hasRootCauseInstanceOf(NotFiniteException.class)
                .hasMessageContaining("gradient norm of step");
        long steps = runs.metrics("run").size();
        assertThat(Checkpoint.open(runs.folder("run"), SmallRuns.HADOOP)
                        .metadata()
                        .step())
                .isEqualTo(steps);
        assertThat(runs.losses("run")).allMatch(Double::isFinite);
    }

    /** Overflows skip steps, whose samples count and whose norm there is none of; a run that is stopped between goes on with the same bits. */
    @Test
    void fp16GoesOnAfterOverflows() {
        LossScaling scaling = new LossScaling(0x1p24, 3, 1, 1);
        runs.request("whole")
                .layout(2, 2)
                .microBatch(1)
                .precision(Precision.FP16, scaling)
                .run();
        runs.request("parts")
                .layout(2, 2)
                .microBatch(1)
                .precision(Precision.FP16, scaling)
                .steps(3)
                .run();
        runs.request("parts")
                .layout(new Layout(2, 2, false, true))
                .microBatch(1)
                .precision(Precision.FP16, scaling)
                .run();
        List<StepMetrics> whole = runs.metrics("whole");
        List<StepMetrics> parts = runs.metrics("parts");
        assertThat(parts).extracting(StepMetrics::loss).isEqualTo(runs.losses("whole"));
        assertThat(parts)
                .extracting(StepMetrics::lossScale)
                .isEqualTo(whole.stream().map(StepMetrics::lossScale).toList());
        assertThat(whole.get(0).lossScale()).isEqualTo(0x1p24);
        assertThat(whole.get(0).gradNorm()).isNull();
        assertThat(whole.get(1).lossScale()).isEqualTo(0x1p23);
        assertThat(whole.get(9).gradNorm()).isFinite();
        assertThat(whole).extracting(StepMetrics::consumed).startsWith(4L, 8L).endsWith(40L);
    }

    @Test
    void fp16StopsWhereTheScaleCannotFall() {
        assertThatThrownBy(() -> runs.request("run")
                        .precision(Precision.FP16, new LossScaling(0x1p60, 3, 2, 0x1p60))
                        .run())
                .isInstanceOf(RankFailedException.class)
                .hasRootCauseInstanceOf(NotFiniteException.class)
                .hasMessageContaining("gradient norm of step 1 is")
                .hasMessageContaining("at the least loss scale, train.loss-scale.minimum = 1.15");
    }

    private Evaluation evaluate(Layout layout, int microBatch) {
        return Evaluate.run(
                new EvaluateRequest(
                        runs.folder("run"),
                        runs.dataset("validation", 12),
                        layout,
                        microBatch,
                        new DeviceConfig(DeviceConfig.Kind.HOST, 1)),
                new ThreadRanks(Duration.ofSeconds(60)),
                SmallRuns.HADOOP);
    }

    private static void assertRefused(SmallRuns.Request request, String... parts) {
        assertThatThrownBy(request::run)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }
}
