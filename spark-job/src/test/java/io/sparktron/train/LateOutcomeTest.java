package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.Collective.Barrier;
import io.sparktron.gpucheck.MadeUpSamples;
import io.sparktron.kernels.LossScaling;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a step did is told the same whether the host asks at its end or after the next step was enqueued. */
@Timeout(60)
class LateOutcomeTest {
    private static final int STEPS = 5;
    private static final ModelConfig MODEL = ModelConfig.gpt(1, 6, 3, 5, 5, 11);

    /** The loss scale grows after every second step, so each step's own differs from the one before or after it. */
    private static final TrainingConfig CONFIG = new TrainingConfig(
                    STEPS,
                    1,
                    4,
                    5,
                    new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1),
                    new Schedule(1e-3, 0, 0, Schedule.Decay.CONSTANT, 0))
            .in(Precision.FP16, new LossScaling(1024, 2, 2, 1));

    @ParameterizedTest
    @EnumSource
    void isTheSame(Backends backend) {
        List<TrainStep.Outcome> atOnce = outcomes(backend, 0);
        assertThat(atOnce)
                .extracting(TrainStep.Outcome::lossScale)
                .containsExactly(1024.0, 1024.0, 2048.0, 2048.0, 4096.0);
        assertThat(atOnce).extracting(TrainStep.Outcome::loss).doesNotHaveDuplicates();
        assertThat(outcomes(backend, 1)).isEqualTo(atOnce);
    }

    @ParameterizedTest
    @EnumSource
    void aThirdStepNeedsTheFirstToBeFinished(Backends backend) {
        assertThatThrownBy(() -> outcomes(backend, 2))
                .hasMessageContaining("step 3 is started while two before it are not finished");
    }

    /** @param late steps that are enqueued before a step is finished */
    private static List<TrainStep.Outcome> outcomes(Backends backend, int late) {
        Layout layout = new Layout(1, 2);
        return new ThreadRanks(Duration.ofSeconds(30))
                .run(
                        layout.ranks(),
                        context -> {
                            Execution on = backend.execution(
                                    layout, context.world(), CONFIG.precision().type());
                            try (Trainer trainer = new Trainer(on, MODEL, CONFIG)) {
                                trainer.state().initialize(CONFIG.seed());
                                ArrayList<TrainStep.Outcome> seen = new ArrayList<>();
                                for (int step = 1; step <= STEPS; step++) {
                                    trainer.step().start(step, CONFIG.globalBatch(), samples(on, step));
                                    if (trainer.step().unfinished() > late) {
                                        seen.add(trainer.step().finish());
                                    }
                                }
                                while (trainer.step().unfinished() > 0) {
                                    seen.add(trainer.step().finish());
                                }
                                on.mesh().world().run(new Barrier(), on.queue());
                                on.queue().awaitHost();
                                return seen;
                            }
                        },
                        report -> {})
                .get(0);
    }

    private static TrainStep.Samples samples(Execution on, int step) {
        int share = CONFIG.globalBatch() / on.mesh().layout().data();
        int[] next = {(step - 1) * CONFIG.globalBatch() + on.mesh().dataRank() * share};
        return () -> new MadeUpSamples(MODEL).at(next[0]++, 1);
    }
}
