package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.gpucheck.Agreement;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelConfig.Family;
import io.sparktron.model.Recompute;
import io.sparktron.parallel.Layout;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of the table of {@link LayoutTest} on GPUs, which cover each of its choices: each is held against one rank on processors, so these agree too. */
@Tag("doubles")
@Timeout(300)
class CudaLayoutTest {
    private static final int STEPS = 4;
    private static final int GLOBAL_BATCH = 4;
    private static final double DROPOUT = 0.1;
    private static final Map<String, Agreement> AGREEMENTS = new HashMap<>();

    private static TinyRun oneRank(Family family, Precision precision) {
        return TinyRun.of(new ModelConfig(family, 2, 40, 4, 12, 15, 67), STEPS, GLOBAL_BATCH)
                .dropping(DROPOUT)
                .in(precision);
    }

    @ParameterizedTest(
            name = "{0} {1} tensor {2} data {3} micro-batch {4} shared rows {5} sharded optimizer {6} recompute {7}")
    @CsvSource({
        "GPT, FP32, 2, 2, 1, true, true, SELECTIVE",
        "GPT, FP32, 4, 1, 2, false, false, FULL",
        "GPT, BF16, 1, 2, 2, false, true, NONE",
        "GPT, FP16, 2, 1, 4, true, false, FULL",
        "BERT, FP32, 1, 2, 1, false, false, SELECTIVE",
        "BERT, FP16, 4, 1, 2, true, false, NONE",
        "BERT, BF16, 2, 2, 2, false, true, FULL",
    })
    void layoutsAgreeWithOneRankOnProcessors(
            Family family,
            Precision precision,
            int tensor,
            int data,
            int microBatch,
            boolean sequence,
            boolean sharded,
            Recompute recompute) {
        TinyRun oneRank = oneRank(family, precision);
        Agreement agreement = AGREEMENTS.computeIfAbsent(family + " " + precision, subject -> Agreements.with(oneRank));
        TinyRun run = oneRank.at(new Layout(tensor, data, sequence, sharded), microBatch)
                .with(recompute);
        double share = Agreements.check(agreement, run.outcomesOnGpus());
        System.out.printf("%s %s: %.0f %% of the bound%n", family, precision, 100 * share);
    }

    @Test
    void twiceTheSameLayoutIsTheSameBits() {
        TinyRun run = oneRank(Family.GPT, Precision.BF16).at(new Layout(2, 2, true, true), 1);
        assertThat(run.outcomesOnGpus()).isEqualTo(run.outcomesOnGpus());
    }
}
