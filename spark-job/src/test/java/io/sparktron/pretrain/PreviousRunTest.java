package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.LossScaling;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.optimizer.Schedule.Decay;
import io.sparktron.parallel.Layout;
import io.sparktron.train.Precision;
import io.sparktron.train.TrainingConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person is told to have changed. */
class PreviousRunTest {
    private static TrainingConfig training(Decay decay) {
        return new TrainingConfig(
                10, 1, 4, 5, new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1), new Schedule(1e-3, 0, 0, decay, 10));
    }

    private static List<String> changes(TrainingConfig before, TrainingConfig now) {
        return new PreviousRun(new Layout(1, 1), before, null, List.of(1)).changes(now, null);
    }

    /** What only the new choice knows had no value before. */
    @Test
    void tellsAnotherChoiceAndNotWhatComesWithIt() {
        TrainingConfig cosine = training(Decay.COSINE);
        assertThat(changes(cosine, cosine)).isEmpty();
        assertThat(changes(cosine, training(Decay.WSD))).containsExactly("train.lr.decay = wsd (was cosine)");
        TrainingConfig fp16 = cosine.in(Precision.FP16, LossScaling.DYNAMIC);
        assertThat(changes(cosine, fp16)).containsExactly("train.precision = fp16 (was fp32)");
        assertThat(changes(fp16, cosine)).containsExactly("train.precision = fp32 (was fp16)");
        assertThat(changes(fp16, cosine.in(Precision.FP16, new LossScaling(8, 7, 2, 1))))
                .containsExactly("train.loss-scale.window = 7 (was 1000)");
    }
}
