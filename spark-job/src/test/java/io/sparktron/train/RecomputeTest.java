package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.Recompute;
import io.sparktron.parallel.Layout;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Shape;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What backward computes again is what forward had: not a bit of a loss or a norm differs, and what is kept, and sent, is what the mode says. */
@Timeout(120)
class RecomputeTest {
    private static final ModelConfig MODEL = ModelConfig.gpt(3, 20, 4, 6, 7, 23);
    private static final int LAYERS = 3;

    @ParameterizedTest(name = "{0}, tensor {1} x data {2}, sequence parallel {3}, dropout {4}")
    @CsvSource({
        "PLAIN, 1, 1, false, 0",
        "PLAIN, 2, 1, false, 0.1",
        "PLAIN, 2, 1, true, 0.1",
        "DEFERRING, 2, 2, true, 0.1",
        "DEFERRING, 4, 1, false, 0.1",
        "DEFERRING, 1, 2, false, 0.3",
    })
    void everyModeHasTheSameBits(Backends backend, int tensor, int data, boolean sequence, double dropout) {
        TinyRun run = TinyRun.of(MODEL, 3, 4)
                .on(backend)
                .at(new Layout(tensor, data, sequence, false), 1)
                .dropping(dropout);
        List<TrainStep.Outcome> kept = run.outcomes();
        assertThat(kept.get(2).loss()).isNotEqualTo(kept.get(1).loss());
        assertThat(run.with(Recompute.SELECTIVE).outcomes()).isEqualTo(kept);
        assertThat(run.with(Recompute.FULL).outcomes()).isEqualTo(kept);
    }

    /** A micro-batch besides its layers: the embedding's sum, the logits' gradient, and three numbers a row of the loss in two operations. */
    @Test
    void aLayerSendsFiveTensorsInsteadOfSixWhereItRunsAgain() {
        Layout layout = new Layout(2, 1);
        long rows = 2L * MODEL.sequence();
        long tensor = rows * MODEL.hidden() * Float.BYTES;
        long scalars = 3 * rows * Float.BYTES;
        for (Recompute recompute : Recompute.values()) {
            int perLayer = recompute == Recompute.FULL ? 5 : 4;
            TrainingTraffic traffic = TrainingTraffic.of(MODEL, layout, 2, Mode.training(0, recompute, 0));
            assertThat(traffic.tensor().total())
                    .as("train.recompute = " + recompute)
                    .isEqualTo(new Exchange.Amount(LAYERS * perLayer + 4, (LAYERS * perLayer + 2) * tensor + scalars));
            assertThat(traffic.rowSums().operations()).isZero();
        }
    }

    /**
     * Each all-reduce is a reduce-scatter and an all-gather, so as much travels (Korthikanti et al. 2022, section 4.2.2), but the inputs of both products split by columns,
     * and of the logits', come once more in backward. Layer norms and biases are summed at the end of a step: a layer at a time, and the final norm.
     */
    @Test
    void sharedRowsAreGatheredAndScattered() {
        Layout layout = new Layout(2, 1, true, false);
        long rows = 2L * MODEL.sequence();
        long tensor = rows * MODEL.hidden() * Float.BYTES;
        long scalars = 3 * rows * Float.BYTES;
        for (Recompute recompute : Recompute.values()) {
            int perLayer = 10 + (recompute == Recompute.FULL ? 3 : 0);
            int besides = 2 + 3;
            TrainingTraffic traffic = TrainingTraffic.of(MODEL, layout, 2, Mode.training(0, recompute, 0));
            assertThat(traffic.tensor().total())
                    .as("train.recompute = " + recompute)
                    .isEqualTo(new Exchange.Amount(
                            LAYERS * perLayer + besides + 2, (LAYERS * perLayer + besides) * tensor + scalars));
            assertThat(traffic.rowSums().operations()).isEqualTo(LAYERS + 1);
        }
    }

    @Test
    void whatIsNotKeptNeedsNoMemory() {
        ModelConfig model = ModelConfig.gpt(6, 32, 4, 40, 40, 11);
        long rows = 2L * model.sequence();
        long probabilities = 2L * model.heads() * model.sequence() * model.sequence() * Float.BYTES;
        long none = activations(model, Recompute.NONE);
        assertThat(none - activations(model, Recompute.SELECTIVE))
                .as("those of all layers but the one at work")
                .isBetween((model.layers() - 1) * probabilities, model.layers() * probabilities);
        long hidden = rows * model.hidden() * Float.BYTES;
        long norms = 2 * (hidden + 2 * rows * Float.BYTES);
        long layer = norms + 3 * hidden + probabilities + hidden + hidden + 2 * 4 * hidden; // without its output
        assertThat(none - activations(model, Recompute.FULL))
                .as("all but the outputs, of all layers but the one at work")
                .isEqualTo((model.layers() - 1) * layer);
    }

    /** On a device whose attention keeps two numbers a row. */
    @Test
    void selectiveIsNoneWhereNoProbabilitiesAreKept() {
        try (HostDevice device = new HostDevice(1)) {
            Kernels host = new HostKernels(device);
            Attention blocked = (Attention) Proxy.newProxyInstance(
                    Attention.class.getClassLoader(),
                    new Class<?>[] {Attention.class},
                    (self, method, arguments) -> method.getName().equals("savedShape")
                            ? Shape.of((long) arguments[0], (long) arguments[1], (long) arguments[2], 2)
                            : method.invoke(host.attention(), arguments));
            Kernels kernels = new InterceptedKernels(
                    device,
                    host.matrix(),
                    host.normalization(),
                    blocked,
                    host.elementwise(),
                    host.embedding(),
                    host.crossEntropy(),
                    host.optimization());
            assertThat(Recompute.SELECTIVE.isWithoutEffect(blocked, MODEL)).isTrue();
            assertThat(Recompute.SELECTIVE.isWithoutEffect(host.attention(), MODEL))
                    .isFalse();
            assertThat(Recompute.FULL.isWithoutEffect(blocked, MODEL)).isFalse();
            assertThat(activations(kernels, MODEL, Mode.training(0, Recompute.SELECTIVE, 0)))
                    .isEqualTo(activations(kernels, MODEL, Mode.training(0, Recompute.NONE, 0)));
        }
    }

    private static long activations(ModelConfig model, Recompute recompute) {
        try (HostDevice device = new HostDevice(1)) {
            return activations(new HostKernels(device), model, Mode.training(0, recompute, 0));
        }
    }

    private static long activations(Kernels kernels, ModelConfig model, Mode mode) {
        return MemoryPlan.training(kernels, model, new Layout(1, 1), 2, mode, DType.FLOAT32)
                .activations();
    }
}
