package io.sparktron.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.check.Outcome;
import io.sparktron.tensor.DType;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Losses;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainStep;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processors in place of GPUs: other layouts and other threads agree, another model does not. */
@Timeout(180)
class TracesTest {
    private static final DeviceConfig TWO_THREADS = new DeviceConfig(DeviceConfig.Kind.HOST, 2);

    @ParameterizedTest
    @CsvSource({"0, FP32", "0, BF16", "0, FP16", "1, FP32"})
    void processorsAgreeWithThemselvesAtEveryLayout(int model, Precision precision) {
        List<Outcome> outcomes = new Traces(TWO_THREADS).check(Traces.MODELS.get(model), precision, Traces.layouts(2));
        assertThat(outcomes).hasSize(3).allMatch(Outcome::isOk);
        assertThat(outcomes).extracting(Outcome::kernel).containsOnly("training");
        assertThat(outcomes).extracting(Outcome::type).containsOnly(precision.type());
    }

    @Test
    void aRunThatStraysIsFoundAndItsStepNamed() {
        List<TrainStep.Outcome> reference = List.of(outcome(4, 1), outcome(3, 1));
        Agreement agreement = Agreement.of(
                Traces.MODELS.get(0),
                Precision.FP32,
                TraceProgram.GLOBAL_BATCH,
                reference,
                List.of(List.of(outcome(4, 1), outcome(3.01, 1.1))));
        assertThat(agreement.worst(List.of(outcome(4, 1), outcome(3.03, 1))).agrees())
                .isTrue();
        assertThat(agreement.worst(List.of(outcome(4, 1), outcome(3.05, 1))))
                .matches(share -> share.step() == 2 && share.quantity().equals("loss") && !share.agrees());
        assertThat(agreement
                        .worst(List.of(outcome(4, 1), outcome(3, Double.NaN)))
                        .agrees())
                .isFalse();
        assertThat(agreement.worst(List.of(outcome(4.01, 1), outcome(3, 1))).step())
                .isEqualTo(1);
    }

    @Test
    void everyRankIsLookedAt() {
        List<TrainStep.Outcome> reference = List.of(outcome(4, 1), outcome(3, 1));
        List<TrainStep.Outcome> close = List.of(outcome(4, 1), outcome(3.01, 1));
        List<TrainStep.Outcome> far = List.of(outcome(4, 1), outcome(3, 2));
        Agreement agreement = Agreement.of(
                Traces.MODELS.get(0),
                Precision.FP32,
                TraceProgram.GLOBAL_BATCH,
                reference,
                List.of(List.of(outcome(4, 1), outcome(3.01, 1.1))));
        assertThat(judged(agreement, List.of(close, close), List.of(close, close)))
                .matches(Outcome::isOk)
                .matches(outcome -> outcome.share() > 0 && outcome.share() < 1);
        Outcome strays = judged(agreement, List.of(close, far), List.of(close, far));
        assertThat(strays.problem()).startsWith("rank 1: norm of step 2 uses ");
        assertThat(strays.share()).isGreaterThan(1);
        assertThat(judged(agreement, List.of(close, reference), List.of(close, reference))
                        .problem())
                .isEqualTo("rank 1: not the bits of rank 0");
        assertThat(judged(agreement, List.of(close, close), List.of(close, reference))
                        .problem())
                .isEqualTo("rank 1: not the same bits in two runs");
    }

    private static Outcome judged(
            Agreement agreement, List<List<TrainStep.Outcome>> first, List<List<TrainStep.Outcome>> second) {
        return Traces.judged(DType.FLOAT32, "two ranks", agreement, first, second);
    }

    private static TrainStep.Outcome outcome(double loss, double norm) {
        return new TrainStep.Outcome(new Losses(loss, 1, null), norm, 1, false, false);
    }
}
