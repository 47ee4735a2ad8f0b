package io.sparktron.gpucheck;

import io.sparktron.kernels.LossScaling;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.Recompute;
import io.sparktron.optimizer.AdamConfig;
import io.sparktron.optimizer.Schedule;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.train.BatchRamp;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import io.sparktron.train.RankDevice;
import io.sparktron.train.TrainStep;
import io.sparktron.train.Trainer;
import io.sparktron.train.TrainingConfig;
import java.util.ArrayList;

/**
 * Some steps of training on samples that are made up, with dropout: the loss and the gradient norm of each.
 *
 * @param disturbance 0, or which random choice of neighbours the weights are moved to before the first step
 */
record TraceProgram(ModelConfig model, Precision precision, Layout layout, DeviceConfig device, long disturbance)
        implements RankProgram<ArrayList<TrainStep.Outcome>> {
    static final int STEPS = 20;
    static final int GLOBAL_BATCH = 4;

    private static final long SEED = 5;
    private static final double DROPOUT = 0.1;
    private static final LossScaling SCALING = new LossScaling(1024, 1000, 2, 1);

    @Override
    public GpuUse gpus() {
        return device.kind().gpus();
    }

    @Override
    public ArrayList<TrainStep.Outcome> run(RankContext context) {
        int share = GLOBAL_BATCH / layout.data();
        TrainingConfig config = config(share);
        ArrayList<TrainStep.Outcome> outcomes = new ArrayList<>();
        try (RankDevice rank = new RankDevice(device, layout, precision, context);
                Trainer trainer = new Trainer(rank.execution(), model, config)) {
            trainer.state().initialize(SEED);
            if (disturbance != 0) {
                Disturbance.apply(rank.execution().queue(), trainer.state(), disturbance);
            }
            MadeUpSamples samples = new MadeUpSamples(model);
            for (int step = 1; step <= STEPS; step++) {
                long first = (long) (step - 1) * GLOBAL_BATCH
                        + (long) rank.execution().mesh().dataRank() * share;
                outcomes.add(trainer.step().run(step, () -> samples.at(first, share)));
            }
        }
        return outcomes;
    }

    private TrainingConfig config(int microBatch) {
        return new TrainingConfig(
                        STEPS,
                        microBatch,
                        GLOBAL_BATCH,
                        SEED,
                        new AdamConfig(0.9, 0.999, 1e-8, 0.01, 1.0),
                        new Schedule(3e-3, 3e-4, 2, Schedule.Decay.COSINE, STEPS),
                        BatchRamp.NONE,
                        DROPOUT,
                        Recompute.NONE)
                .in(precision, precision == Precision.FP16 ? SCALING : LossScaling.NONE);
    }
}
