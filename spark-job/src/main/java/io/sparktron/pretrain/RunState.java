package io.sparktron.pretrain;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.storage.BlockListener;
import io.sparktron.tensor.Queue;
import io.sparktron.train.TrainingState;
import org.apache.hadoop.conf.Configuration;

/** Fills a rank's state with what a run starts from. */
final class RunState {
    private RunState() {}

    static void prepare(
            PretrainPlan plan, TrainingState state, Queue queue, Configuration hadoop, BlockListener listener) {
        state.initialize(plan.training().seed());
        if (plan.start() instanceof Start.Weights weights) {
            Checkpoint.open(weights.checkpoint(), hadoop).load(state.weights(), queue, listener);
        } else if (plan.start() instanceof Start.Resumed resumed) {
            Checkpoint checkpoint = Checkpoint.open(resumed.checkpoint(), hadoop);
            checkpoint.load(state.all(), queue, listener);
            CheckpointMetadata.AdamProgress adam = checkpoint.metadata().adam();
            state.writeUpdates(adam.updates(), adam.beta1Power(), adam.beta2Power());
        }
    }
}
