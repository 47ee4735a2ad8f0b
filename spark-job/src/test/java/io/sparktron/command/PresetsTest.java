package io.sparktron.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.plan.Plan;
import io.sparktron.plan.PlanPage;
import io.sparktron.plan.PlanRequest;
import io.sparktron.pretrain.PretrainRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The presets of the paper's models are the paper's models. */
class PresetsTest {
    private static final PlanRequest.Executor EXECUTOR = new PlanRequest.Executor(1L << 30, 1, 1);
    private static final int COPIES = 64;

    /** Paper, Table 1, and for 355 M and 8.3 B of 24 heads Table 2; the parameters are those with the vocabulary that the paper pads to 51,200. */
    @ParameterizedTest
    @CsvSource({
        "gpt2-355m, 24, 1024, 16, 1, 0.3558",
        "gpt2-1.2b, 40, 1536, 16, 1, 1.2135",
        "gpt2-2.5b, 54, 1920, 20, 2, 2.4904",
        "gpt2-4.2b, 64, 2304, 24, 4, 4.1991",
        "gpt2-8.3b, 72, 3072, 24, 8, 8.3170"
    })
    void gptIsThePapers(String preset, int layers, int hidden, int heads, int tensor, double billions) {
        Settings settings = settings(preset);
        Layout layout = new Layout(settings.get(ModelKeys.TENSOR), COPIES);
        PretrainRequest request = Requests.pretrain(settings, layout);
        assertThat(layout.tensor()).isEqualTo(tensor);
        assertThat(request.training().accumulation(layout)).isOne();
        assertThat(request.training().globalBatch()).isEqualTo(512);
        assertThat(request.training().steps()).isEqualTo(300_000);
        assertThat(request.training().schedule())
                .isEqualTo(new Schedule(1.5e-4, 1e-5, 3000, Schedule.Decay.COSINE, 300_000));
        assertThat(request.training().recompute()).isEqualTo(Recompute.FULL);
        assertThat(request.training().dropout()).isEqualTo(0.1);
        assertThat(request.training().adam().clip()).isEqualTo(1);
        assertThat(request.training().adam().weightDecay()).isEqualTo(0.01);

        Plan plan = Plan.of(Requests.plan(settings, layout, EXECUTOR));
        assertThat(plan.model()).isEqualTo(ModelConfig.gpt(layers, hidden, heads, 1024, 1024, 50257));
        assertThat(plan.byTensor()).containsKey(tensor);
        assertThat(PlanPage.of(plan, EXECUTOR)).contains("512 samples = data 64 x micro-batch 8 x 1 accumulated");
        double padded =
                ModelConfig.gpt(layers, hidden, heads, 1024, 1024, 51_200).parameters() / 1e9;
        assertThat(padded).isCloseTo(billions, within(0.5e-4));
    }

    /** Paper, Table 4; the parameters with the uncased vocabulary of 30,522. */
    @ParameterizedTest
    @CsvSource({
        "bert-336m, 24, 1024, 16, 1, 0.336",
        "bert-1.3b, 24, 2048, 32, 2, 1.28",
        "bert-3.9b, 48, 2560, 40, 4, 3.87"
    })
    void bertIsThePapers(String preset, int layers, int hidden, int heads, int tensor, double billions) {
        Settings settings = settings(preset);
        Layout layout = new Layout(settings.get(ModelKeys.TENSOR), 2 * COPIES);
        PretrainRequest request = Requests.pretrain(settings, layout);
        assertThat(layout.tensor()).isEqualTo(tensor);
        assertThat(request.training().accumulation(layout)).isOne();
        assertThat(request.training().globalBatch()).isEqualTo(1024);
        assertThat(request.training().steps()).isEqualTo(2_000_000);
        assertThat(request.training().schedule())
                .isEqualTo(new Schedule(1e-4, 0, 10_000, Schedule.Decay.LINEAR, 2_000_000));
        assertThat(request.training().dropout()).isEqualTo(0.1);

        Plan plan = Plan.of(Requests.plan(settings, layout, EXECUTOR));
        assertThat(plan.model())
                .isEqualTo(new ModelConfig(ModelConfig.Family.BERT, layers, hidden, heads, 512, 512, 30_522));
        assertThat(plan.model().parameters() / 1e9).isCloseTo(billions, within(0.005 * billions));
        assertThat(plan.model().parameters()).isEqualTo(elements(plan.model()));
        assertThat(PlanPage.of(plan, EXECUTOR))
                .startsWith("BERT of " + layers + " layers")
                .contains("1024 samples = data 128 x micro-batch 8 x 1 accumulated");
    }

    private static long elements(ModelConfig model) {
        return ModelParameters.buckets(model, 1, 1).stream()
                .flatMap(List::stream)
                .mapToLong(spec -> spec.global().elements())
                .sum();
    }

    private static Settings settings(String preset) {
        return new Settings()
                .addFile(Path.of("../conf/" + preset + ".conf"))
                .addAssignment("run.dir=run")
                .addAssignment("data.train=tokens");
    }
}
