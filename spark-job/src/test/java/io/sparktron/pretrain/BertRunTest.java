package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.convert.Convert;
import io.sparktron.convert.ConvertRequest;
import io.sparktron.convert.ForeignModel;
import io.sparktron.data.BertDatasets;
import io.sparktron.evaluate.Evaluate;
import io.sparktron.evaluate.EvaluateRequest;
import io.sparktron.evaluate.Evaluation;
import io.sparktron.generate.Generate;
import io.sparktron.generate.GenerateRequest;
import io.sparktron.generate.Sampling;
import io.sparktron.inspect.Inspect;
import io.sparktron.inspect.InspectRequest;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.run.StepMetrics;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.DeviceConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** BERT from a dataset to a checkpoint and its losses. */
@Timeout(120)
class BertRunTest {
    private static final DeviceConfig DEVICE = new DeviceConfig(DeviceConfig.Kind.HOST, 1);

    @TempDir
    Path folder;

    private SmallRuns runs;
    private String data;

    @BeforeEach
    void runs() {
        runs = new SmallRuns(folder);
        data = BertDatasets.write(folder.resolve("bert"), 61).folder();
    }

    private SmallRuns.Request request(String run) {
        return runs.request(run).data(data);
    }

    @Test
    void bothLossesAndAccuraciesAreInTheMetricsAndTheLossFalls() {
        String few = BertDatasets.write(folder.resolve("few"), false, BertRunTest::ofThreeWords, 61)
                .folder();
        runs.request("run")
                .data(few)
                .steps(20)
                .globalBatch(8)
                .validation(few)
                .validateEvery(10)
                .run();
        List<StepMetrics> metrics = runs.metrics("run");
        assertThat(metrics).hasSize(20).allSatisfy(step -> {
            StepMetrics.Bert bert = step.bert();
            assertThat(step.loss()).isEqualTo(bert.maskedLoss() + bert.orderLoss());
            assertThat(bert.maskedAccuracy()).isBetween(0.0, 1.0);
            assertThat(bert.orderAccuracy() * 8).isBetween(0.0, 8.0);
            assertThat(bert.orderAccuracy() * 8 % 1).isZero();
        });
        assertThat(metrics.get(0).bert().maskedLoss()).isBetween(4.4, 4.9); // ln 101 is 4.6
        assertThat(metrics.get(0).bert().orderLoss()).isBetween(0.6, 0.8); // ln 2 is 0.7
        assertThat(metrics.get(19).bert().maskedLoss())
                .isLessThan(metrics.get(0).bert().maskedLoss() - 0.1);
        assertThat(metrics)
                .filteredOn(step -> step.validationBert() != null)
                .extracting(StepMetrics::step)
                .containsExactly(10L, 20L);
        assertThat(metrics.get(9).validationBert().maskedLoss())
                .isGreaterThan(metrics.get(19).validationBert().maskedLoss());
        assertThat(runs.progress()).anyMatch(line -> line.startsWith("BERT of 2 layers"));
    }

    @Test
    void anotherLayoutIsTheSameModel() {
        request("whole").layout(2, 2).microBatch(1).run();
        request("parts").layout(2, 2).microBatch(1).steps(5).run();
        SmallRuns.Request resumed = request("parts").layout(1, 1).microBatch(2);
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
    void stoppedAndStartedAgainIsTheSameBits() {
        request("whole").layout(2, 2).microBatch(1).run();
        request("parts").layout(2, 2).microBatch(1).steps(7).run();
        request("parts").layout(2, 2).microBatch(1).run();
        assertThat(runs.metrics("parts"))
                .extracting(StepMetrics::bert)
                .isEqualTo(runs.metrics("whole").stream().map(StepMetrics::bert).toList());
    }

    @Test
    void evaluatesAtAnyLayoutShowsItselfAndGeneratesNothing() throws IOException {
        request("run").validation(data).validateEvery(10).validateBatches(16).run();
        Evaluation one = evaluate(new Layout(1, 1), 4);
        Evaluation split = evaluate(new Layout(2, 3), 3);
        double goldenBar = 5e-6; // relative, of each layout to the exact loss, which is above 1
        assertThat(split.targets()).isEqualTo(one.targets());
        assertThat(Math.abs(split.loss() / one.loss() - 1)).isLessThan(2 * goldenBar);
        assertThat(Math.abs(split.bert().orderLoss() / one.bert().orderLoss() - 1))
                .isLessThan(2 * goldenBar);
        StepMetrics.Bert validated = runs.metrics("run").get(9).validationBert(); // 64 samples are all 61
        assertThat(one.loss()).isCloseTo(validated.maskedLoss(), within(1e-5));
        assertThat(one.json()).contains("\"order_loss\": ", "\"masked_accuracy\": ", "\"order_accuracy\": ");
        assertThat(Checkpoint.open(runs.folder("run"), SmallRuns.HADOOP)
                        .metadata()
                        .model()
                        .family())
                .isEqualTo(ModelConfig.Family.BERT);

        assertThat(inspect(runs.folder("run"))).contains("BERT of 2 layers, hidden size 40");
        assertThat(inspect(Checkpoint.folder(runs.folder("run"), 10)))
                .contains("BERT of 2 layers, hidden size 40", "lm_head.bias", "binary_head.weight");

        GenerateRequest generate = new GenerateRequest(
                runs.folder("run"), "a", 1, new Sampling(1, 0, 1, true, 1), new Layout(1, 1), DEVICE);
        assertThatThrownBy(() -> Generate.run(generate, new ThreadRanks(Duration.ofSeconds(9)), SmallRuns.HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("is of family bert", "legal: gpt");
    }

    /** The pieces of a foreign folder may have other ends of line than those of a dataset. */
    @Test
    void anImportedModelIsTrainedAndEvaluatedOnDataOfItsPieces() throws IOException {
        BertDatasets.addDigest(data);
        ForeignModel model = new ForeignModel("bert", folder.resolve("model"));
        String pieces = new String(BertDatasets.PIECES.bytes(), StandardCharsets.UTF_8);
        Files.writeString(
                model.path().resolve("vocab.txt"), pieces.strip().replace("\n", "\r\n"), StandardCharsets.UTF_8);
        String imported = runs.folder("imported");
        Convert.run(
                new ConvertRequest(
                        model.path().toString(), imported, Optional.empty(), Optional.empty(), OptionalInt.empty()),
                SmallRuns.HADOOP,
                line -> {});

        Evaluation before = evaluate(imported, new Layout(1, 1), 4);
        request("run").withoutModel().initFrom(imported).run();

        assertThat(before.loss()).isBetween(4.0, 6.0); // of random weights: ln 101 is 4.6
        assertThat(evaluate(runs.folder("run"), new Layout(1, 1), 4).loss()).isLessThan(before.loss());
    }

    @Test
    void aDatasetOfTheOtherFamilyIsRefused() {
        request("run").steps(1).run();
        assertThatThrownBy(() -> runs.request("run").steps(2).run())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("family gpt, but the model is of family bert");
        EvaluateRequest other =
                new EvaluateRequest(runs.folder("run"), runs.dataset("gpt", 1), new Layout(1, 1), 2, DEVICE);
        assertThatThrownBy(() -> Evaluate.run(other, new ThreadRanks(Duration.ofSeconds(9)), SmallRuns.HADOOP))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("family gpt, but the model is of family bert");
    }

    private static String inspect(String path) throws IOException {
        return Inspect.run(new InspectRequest(path, OptionalLong.empty(), false), SmallRuns.HADOOP)
                .text();
    }

    /** Seventeen tokens of three words, in turn: soon told. */
    private static BertSample ofThreeWords(long number) {
        int[] tokens = new int[17];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = BertDatasets.FIRST_ORDINARY + 2 * (int) ((number + i) % 3);
        }
        tokens[0] = BertDatasets.CLS;
        tokens[7] = BertDatasets.SEP;
        tokens[16] = BertDatasets.SEP;
        return new BertSample(tokens, 8, number % 2 == 0);
    }

    private Evaluation evaluate(Layout layout, int microBatch) {
        return evaluate(runs.folder("run"), layout, microBatch);
    }

    private Evaluation evaluate(String checkpoint, Layout layout, int microBatch) {
        EvaluateRequest request = new EvaluateRequest(checkpoint, data, layout, microBatch, DEVICE);
        return Evaluate.run(request, new ThreadRanks(Duration.ofSeconds(60)), SmallRuns.HADOOP);
    }
}
