package io.sparktron.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.model.Mode;
import io.sparktron.model.ModelRequest;
import io.sparktron.model.Recompute;
import io.sparktron.parallel.Layout;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.BatchRamp;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Exchange;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainingMemory;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final long LAYERS = 3;
    private static final long HIDDEN = 48;
    private static final int SEQUENCE = 17;
    private static final int VOCABULARY = 101;
    private static final PlanRequest.Executor EXECUTOR = new PlanRequest.Executor(1L << 30, 1, 2);

    private static Plan plan(Layout layout, int microBatch, OptionalInt globalBatch) {
        ModelRequest model = new ModelRequest(
                OptionalInt.of((int) LAYERS),
                OptionalInt.of((int) HIDDEN),
                OptionalInt.of(6),
                OptionalInt.of(SEQUENCE),
                OptionalInt.empty(),
                OptionalInt.of(VOCABULARY));
        return Plan.of(inFloat32(model, layout, microBatch, globalBatch));
    }

    /** The whole batch from the first step on, nothing dropped and nothing computed again, on processors. */
    private static PlanRequest inFloat32(ModelRequest model, Layout layout, int microBatch, OptionalInt globalBatch) {
        return new PlanRequest(
                model,
                layout,
                microBatch,
                globalBatch,
                BatchRamp.NONE,
                Mode.training(0, Recompute.NONE, 0),
                Precision.FP32,
                DeviceConfig.Kind.HOST,
                EXECUTOR);
    }

    /** Paper, section 3: two all-reduces of activations in a layer's forward and two in its backward, and one each for the embedding and the logits. */
    @Test
    void countsWhatTheRanksExchange() {
        Plan plan = plan(new Layout(2, 3), 2, OptionalInt.of(24));
        assertThat(plan.accumulation()).isEqualTo(4);
        long tokens = 2 * SEQUENCE;
        long activations = (4 * LAYERS + 2) * tokens * HIDDEN * Float.BYTES;
        assertThat(plan.traffic().rowSums().operations()).isZero();
        long scalars = plan.traffic().tensor().bytes() - activations;
        assertThat(scalars).isBetween(2 * tokens * Float.BYTES, 3 * tokens * Double.BYTES);
        assertThat(plan.traffic().data().bytes()).isEqualTo(plan.memory().gradients());
        assertThat(plan.traffic().data().operations()).isEqualTo(LAYERS + 2);
        assertThat(plan.copies()).containsExactly(1, 2, 3, 4, 6, 12);
        assertThat(plan.byTensor()).containsOnlyKeys(1, 2, 3, 6);
        assertThat(plan.byTensor().get(6).weights())
                .isLessThan(plan.byTensor().get(1).weights());
    }

    /** ZeRO stage 1: gradients are scattered and parameters gathered, which together is what an all-reduce moves. */
    @Test
    void aShardedOptimizerScattersAndGathers() {
        Plan plan = plan(new Layout(1, 3, false, true), 2, OptionalInt.of(24));
        Exchange data = plan.traffic().data();
        assertThat(data.reduced().operations()).isZero();
        assertThat(data.scattered())
                .isEqualTo(new Exchange.Amount(LAYERS + 2, plan.memory().gradients()));
        assertThat(data.gathered())
                .isEqualTo(new Exchange.Amount(LAYERS + 2, plan.memory().weights()));
        assertThat(plan.memory().moments()).isEqualTo(2 * plan.memory().gradients() / 3);
        assertThat(PlanPage.of(plan, EXECUTOR))
                .contains(" in 5 operations of reduce-scatter")
                .contains(" in 5 operations of all-gather");
    }

    @Test
    void tellsHowTheBatchGrows() {
        ModelRequest model = new ModelRequest(
                OptionalInt.of(1),
                OptionalInt.of(8),
                OptionalInt.of(2),
                OptionalInt.of(4),
                OptionalInt.empty(),
                OptionalInt.of(9));
        PlanRequest request = new PlanRequest(
                model,
                new Layout(1, 2),
                2,
                OptionalInt.of(16),
                new BatchRamp(4, 4, 90),
                Mode.training(0, Recompute.NONE, 0),
                Precision.FP32,
                DeviceConfig.Kind.HOST,
                EXECUTOR);
        // 4 and 8 copies would divide the 16, but not the 4
        assertThat(Plan.of(request).copies()).containsExactly(1, 2);
        // 8 steps of 4 up to 32, 4 of 8 up to 64, 3 of 12 up to 100
        assertThat(PlanPage.of(Plan.of(request), EXECUTOR))
                .contains("batch ramp           from 4 by 4 over 90 samples, whole after 15 steps");
    }

    @Test
    void aRankAloneExchangesNothing() {
        Plan plan = plan(new Layout(1, 1), 2, OptionalInt.empty());
        assertThat(plan.traffic().tensor().bytes()).isZero();
        assertThat(plan.traffic().data().bytes()).isZero();
        assertThat(PlanPage.of(plan, EXECUTOR)).contains("tensor group         nothing");
    }

    @Test
    void theUnsetIsAssumedAndSaid() {
        OptionalInt unset = OptionalInt.empty();
        ModelRequest model =
                new ModelRequest(OptionalInt.of(12), OptionalInt.of(768), OptionalInt.of(12), unset, unset, unset);
        PlanRequest request = inFloat32(model, new Layout(1, 1), 4, unset);
        Plan plan = Plan.of(request);
        assertThat(plan.model().parameters()).isEqualTo(124_439_808);
        String page = PlanPage.of(plan, EXECUTOR);
        assertThat(page)
                .contains("model.vocabulary = 50257 (not set: GPT-2's; the dataset's decides)")
                .contains("model.sequence = 1024 (not set")
                .contains("124,439,808")
                .contains("spark.executor.memoryOverhead = " + plan.memory().overheadMiB(1, 2, 1L << 30) + "m");
        assertThat(page.lines()).allSatisfy(line -> assertThat(line).doesNotEndWith(" "));
        ModelRequest without = new ModelRequest(unset, OptionalInt.of(768), OptionalInt.of(12), unset, unset, unset);
        assertThatThrownBy(() -> Plan.of(inFloat32(without, new Layout(1, 1), 4, unset)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("model.layers is not set");
    }

    /** On a GPU the vocabulary is padded, blocked attention keeps a number per row, 16 bits are not widened, and the host holds no tensor. */
    @Test
    void plansForGpusWithoutOne() {
        ModelRequest gpt2 = new ModelRequest(
                OptionalInt.of(12),
                OptionalInt.of(768),
                OptionalInt.of(12),
                OptionalInt.of(1024),
                OptionalInt.empty(),
                OptionalInt.of(50257));
        PlanRequest host = bf16(gpt2, DeviceConfig.Kind.HOST);
        PlanRequest gpu = bf16(gpt2, DeviceConfig.Kind.CUDA);
        TrainingMemory onHost = Plan.of(host).memory();
        TrainingMemory onGpu = Plan.of(gpu).memory();
        long padding = 4L * 768 * (50304 - 50257); // 786 x 64 columns
        assertThat(onGpu.gradients()).isBetween(onHost.gradients(), onHost.gradients() + padding + 4 * 4096);
        long probabilities = 12L * 4 * 12 * 1024 * 1024 * 4; // of all layers, FLOAT32
        assertThat(onHost.activations() - onGpu.activations()).isGreaterThan(probabilities * 9 / 10);
        assertThat(onGpu.buffers()).isLessThan(64L << 20);
        assertThat(onGpu.onHost()).isZero();
        assertThat(PlanPage.of(Plan.of(gpu), EXECUTOR))
                .contains("memory of a rank, on its GPU")
                .contains("with what CUDA and NCCL hold there")
                .contains("more of the host's (train.save-in-background)");
    }

    private static PlanRequest bf16(ModelRequest model, DeviceConfig.Kind kind) {
        return new PlanRequest(
                model,
                new Layout(1, 1),
                4,
                OptionalInt.empty(),
                BatchRamp.NONE,
                Mode.training(0, Recompute.NONE, 0),
                Precision.BF16,
                kind,
                EXECUTOR);
    }
}
