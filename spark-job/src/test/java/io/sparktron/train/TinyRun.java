package io.sparktron.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.gpucheck.Disturbance;
import io.sparktron.gpucheck.MadeUpSamples;
import io.sparktron.kernels.LossScaling;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.ThreadRanks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A training of a few steps on samples that are made up: the same ones at every layout.
 *
 * @param plant what stands between a rank and its kernels and peers; the identity except where a defect is planted
 * @param disturbance 0, or which random choice of neighbours the weights are moved to
 */
record TinyRun(
        ModelConfig model,
        int steps,
        int globalBatch,
        Backends backend,
        Layout layout,
        int microBatch,
        double dropout,
        Recompute recompute,
        Precision precision,
        UnaryOperator<Execution> plant,
        long disturbance) {
    private static final long SEED = 5;
    private static final LossScaling SCALING = new LossScaling(1024, 1000, 2, 1);

    /** One rank, everything whole, nothing dropped. */
    static TinyRun of(ModelConfig model, int steps, int globalBatch) {
        return new TinyRun(
                model,
                steps,
                globalBatch,
                Backends.PLAIN,
                new Layout(1, 1),
                globalBatch,
                0,
                Recompute.NONE,
                Precision.FP32,
                UnaryOperator.identity(),
                0);
    }

    TinyRun on(Backends other) {
        return new TinyRun(
                model,
                steps,
                globalBatch,
                other,
                layout,
                microBatch,
                dropout,
                recompute,
                precision,
                plant,
                disturbance);
    }

    TinyRun at(Layout other, int micro) {
        return new TinyRun(
                model, steps, globalBatch, backend, other, micro, dropout, recompute, precision, plant, disturbance);
    }

    TinyRun dropping(double probability) {
        return new TinyRun(
                model,
                steps,
                globalBatch,
                backend,
                layout,
                microBatch,
                probability,
                recompute,
                precision,
                plant,
                disturbance);
    }

    TinyRun with(Recompute other) {
        return new TinyRun(
                model, steps, globalBatch, backend, layout, microBatch, dropout, other, precision, plant, disturbance);
    }

    TinyRun in(Precision other) {
        return new TinyRun(
                model, steps, globalBatch, backend, layout, microBatch, dropout, recompute, other, plant, disturbance);
    }

    TinyRun planted(UnaryOperator<Execution> defect) {
        return new TinyRun(
                model,
                steps,
                globalBatch,
                backend,
                layout,
                microBatch,
                dropout,
                recompute,
                precision,
                defect,
                disturbance);
    }

    TinyRun disturbed(long choice) {
        return new TinyRun(
                model, steps, globalBatch, backend, layout, microBatch, dropout, recompute, precision, plant, choice);
    }

    private TrainingConfig config() {
        return new TrainingConfig(
                        steps,
                        microBatch,
                        globalBatch,
                        SEED,
                        new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1.0),
                        new Schedule(3e-3, 3e-4, 2, Schedule.Decay.COSINE, steps),
                        BatchRamp.NONE,
                        dropout,
                        recompute)
                .in(precision, precision == Precision.FP16 ? SCALING : LossScaling.NONE);
    }

    /** What each step did, the same on every rank. */
    List<TrainStep.Outcome> outcomes() {
        List<ArrayList<TrainStep.Outcome>> ranks = new ThreadRanks(Duration.ofSeconds(60))
                .run(
                        layout.ranks(),
                        context -> outcomes(plant.apply(backend.execution(layout, context.world(), precision.type()))),
                        report -> {});
        assertThat(ranks).as("every rank sees the same").allMatch(ranks.get(0)::equals);
        return ranks.get(0);
    }

    /** The same on GPUs. */
    List<TrainStep.Outcome> outcomesOnGpus() {
        List<ArrayList<TrainStep.Outcome>> ranks = OnGpus.run(layout, precision, on -> outcomes(plant.apply(on)));
        assertThat(ranks).as("every rank sees the same").allMatch(ranks.get(0)::equals);
        return ranks.get(0);
    }

    private ArrayList<TrainStep.Outcome> outcomes(Execution on) {
        TrainingConfig config = config();
        ArrayList<TrainStep.Outcome> outcomes = new ArrayList<>();
        try (Trainer trainer = new Trainer(on, model, config)) {
            trainer.state().initialize(SEED);
            if (disturbance != 0) {
                Disturbance.apply(on.queue(), trainer.state(), disturbance);
            }
            MadeUpSamples samples = new MadeUpSamples(model);
            int share = globalBatch / layout.data();
            for (int step = 1; step <= steps; step++) {
                int[] next = {(step - 1) * globalBatch + on.mesh().dataRank() * share};
                outcomes.add(trainer.step().run(step, () -> {
                    next[0] += microBatch;
                    return samples.at(next[0] - microBatch, microBatch);
                }));
            }
        }
        return outcomes;
    }
}
