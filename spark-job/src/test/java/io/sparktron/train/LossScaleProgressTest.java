package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.CheckpointMetadata.AdamProgress;
import io.sparktron.checkpoint.CheckpointMetadata.LossScale;
import io.sparktron.kernels.LossScaling;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Allocator;
import io.sparktron.tokens.InvalidInputException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loss scale where a run begins, goes on, or goes on otherwise than before. */
@Timeout(60)
class LossScaleProgressTest {
    private static final LossScaling SCALING = new LossScaling(1024, 100, 3, 4);
    private static final TrainingConfig FLOAT32 = new TrainingConfig(
            1,
            1,
            1,
            5,
            new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
            new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 0));

    @Test
    void beginsAsConfigured() {
        assertThat(after(SCALING, AdamProgress.NONE))
                .isEqualTo(new AdamProgress(0, 1, 1, new LossScale(1024, 0, 3, 0)));
        assertThat(after(LossScaling.NONE, AdamProgress.NONE)).isEqualTo(AdamProgress.NONE);
    }

    @Test
    void goesOnWithTheSameBits() {
        AdamProgress saved = new AdamProgress(7, Math.pow(0.9, 7), Math.pow(0.999, 7), new LossScale(16, 99, 0, 5));
        assertThat(after(SCALING, saved)).isEqualTo(saved);
    }

    /** A scale below the least would never rise from an overflow, and one that had passed a shorter window never grow. */
    @Test
    void anotherConfigurationBringsItToWhereItCanGoOn() {
        AdamProgress saved = new AdamProgress(7, 0.5, 0.75, new LossScale(16, 99, 3, 5));
        assertThat(after(new LossScaling(1024, 10, 2, 64), saved).lossScale()).isEqualTo(new LossScale(64, 9, 2, 5));
        assertThat(after(LossScaling.NONE, saved)).isEqualTo(new AdamProgress(7, 0.5, 0.75));
    }

    @Test
    void fp16IsNotWithoutAndNothingElseWith() {
        assertThatThrownBy(() -> FLOAT32.in(Precision.FP16, LossScaling.NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("train.precision = fp16 needs a loss scale that adapts")
                .hasMessageContaining("train.loss-scale.window");
        assertThatThrownBy(() -> FLOAT32.in(Precision.BF16, SCALING))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("train.precision = bf16, which knows no loss scale");
        assertThat(FLOAT32.in(Precision.FP16, SCALING).lossScaling()).isEqualTo(SCALING);
    }

    private static AdamProgress after(LossScaling scaling, AdamProgress saved) {
        AdamProgress[] read = {null};
        new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        1,
                        context -> {
                            Execution on = Backends.DEFERRING.execution(new Layout(1, 1), context.world());
                            try (Allocations held = new Allocations()) {
                                Allocator own = held.from(on.kernels().device().allocator());
                                TrainingState state = new TrainingState(
                                        on,
                                        ModelConfig.gpt(1, 4, 1, 3, 3, 5),
                                        scaling,
                                        new ParameterStorage.Source(own, own, true));
                                state.writeProgress(saved);
                                read[0] = state.progress();
                            }
                            return 0;
                        },
                        report -> {});
        return read[0];
    }
}
