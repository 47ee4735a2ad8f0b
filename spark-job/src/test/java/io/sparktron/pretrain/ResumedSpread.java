package io.sparktron.pretrain;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.data.BatchReader;
import io.sparktron.data.Positions;
import io.sparktron.data.SampleOrder;
import io.sparktron.data.TokenDataset;
import io.sparktron.gpucheck.Disturbance;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.storage.BlockListener;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.TrainStep;
import io.sparktron.train.Trainer;
import java.time.Duration;

/** How far one-rank runs stray that go on from a checkpoint whose weights were disturbed by one unit in the last place. */
final class ResumedSpread {
    private static final int DISTURBED_RUNS = 8;

    private final PretrainRequest request;
    private final Checkpoint checkpoint;
    private final int steps;

    /**
     * @param request whose settings the steps follow
     */
    ResumedSpread(PretrainRequest request, Checkpoint checkpoint) {
        this.request = request;
        this.checkpoint = checkpoint;
        this.steps = (int) (request.training().steps() - checkpoint.metadata().step());
    }

    /** For each step after the checkpoint, the largest distance of a loss from the undisturbed run's up to there. */
    double[] measure() {
        double[] undisturbed = losses(0);
        double[] spread = new double[steps];
        for (int run = 1; run <= DISTURBED_RUNS; run++) {
            double[] disturbed = losses(run);
            double furthest = 0;
            for (int i = 0; i < steps; i++) {
                furthest = Math.max(furthest, Math.abs(disturbed[i] - undisturbed[i]));
                spread[i] = Math.max(spread[i], furthest);
            }
        }
        return spread;
    }

    private double[] losses(long disturbance) {
        return new ThreadRanks(Duration.ofSeconds(60))
                .run(1, context -> losses(context, disturbance), report -> {})
                .get(0);
    }

    private double[] losses(RankContext context, long disturbance) {
        HostKernels kernels = new HostKernels(new HostDevice(1));
        Mesh mesh = Mesh.of(new Layout(1, 1), context.world());
        Execution on = new Execution(kernels, kernels.device().newQueue("compute"), mesh);
        CheckpointMetadata saved = checkpoint.metadata();
        TokenDataset data = TokenDataset.open(request.trainData(), SmallRuns.HADOOP);
        int globalBatch = request.training().globalBatch();
        try (Trainer trainer = new Trainer(on, saved.model(), request.training());
                BatchReader batches = new BatchReader(
                        data,
                        new SampleOrder(data.samples(), SampleWriter.ROW_GROUP_SAMPLES, saved.seed()),
                        Positions.ofSteps(saved.consumed(), steps, globalBatch, 1, 0),
                        request.training().microBatch(),
                        request.training().accumulation(new Layout(1, 1)),
                        SmallRuns.HADOOP,
                        BlockListener.NONE)) {
            trainer.state().load(checkpoint, BlockListener.NONE);
            if (disturbance != 0) {
                Disturbance.apply(on.queue(), trainer.state(), disturbance);
            }
            double[] losses = new double[steps];
            for (int i = 0; i < steps; i++) {
                losses[i] = trainer.step()
                        .run(saved.step() + 1 + i, TrainStep.Samples.of(batches))
                        .loss();
            }
            return losses;
        }
    }
}
