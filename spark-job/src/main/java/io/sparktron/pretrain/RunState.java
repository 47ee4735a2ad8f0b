package io.sparktron.pretrain;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata.AdamProgress;
import io.sparktron.storage.BlockListener;
import io.sparktron.train.TrainingState;
import org.apache.hadoop.conf.Configuration;

/** Fills a rank's state with what a run starts from. */
final class RunState {
    private RunState() {}

    static void prepare(PretrainPlan plan, TrainingState state, Configuration hadoop, BlockListener listener) {
        if (plan.start() instanceof Start.Resumed resumed) {
            state.load(Checkpoint.open(resumed.checkpoint(), hadoop), listener);
        } else if (plan.start() instanceof Start.Weights weights) {
            state.writeProgress(AdamProgress.NONE);
            state.loadWeights(Checkpoint.open(weights.checkpoint(), hadoop), listener);
        } else {
            state.initialize(plan.training().seed());
        }
    }
}
