package io.sparktron.pretrain;

import io.sparktron.checkpoint.CheckpointFailedException;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.CheckpointWriter;
import io.sparktron.kernels.StepState;
import io.sparktron.parallel.Execution;
import io.sparktron.rank.RankContext;
import io.sparktron.run.LeaseLostException;
import io.sparktron.run.LeaseTicket;
import io.sparktron.run.StepMetrics;
import io.sparktron.train.TrainingState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Saves what the ranks have into the run folder, with the metrics since the checkpoint before. */
final class RunCheckpoints {
    private final PretrainPlan plan;
    private final LeaseTicket lease;
    private final RankContext context;
    private final Execution on;
    private final TrainingState state;
    private final Configuration hadoop;
    private final List<String> metricsSinceCheckpoint = new ArrayList<>();

    RunCheckpoints(
            PretrainPlan plan,
            LeaseTicket lease,
            RankContext context,
            Execution on,
            TrainingState state,
            Configuration hadoop) {
        this.plan = plan;
        this.lease = lease;
        this.context = context;
        this.on = on;
        this.state = state;
        this.hadoop = hadoop;
    }

    /** A step's line, for the next checkpoint. */
    void add(StepMetrics metrics) {
        metricsSinceCheckpoint.add(metrics.toJson());
    }

    /**
     * Saves the state after a step; every rank calls it.
     *
     * @param last whether nothing follows that could save again: what fails then fails the run
     */
    void save(long step, boolean last) throws CheckpointFailedException {
        try {
            CheckpointWriter.save(
                    plan.runFolder(),
                    metadata(step),
                    state.all(),
                    context.world(),
                    on.queue(),
                    hadoop,
                    plan.attempt(),
                    () -> lease.require(hadoop),
                    context::pass);
        } catch (CheckpointFailedException e) {
            if (e.getCause() instanceof LeaseLostException lost) {
                throw lost;
            }
            if (last) {
                throw e;
            }
            if (context.rank() == 0) {
                context.report(new PretrainReport.NotSaved(step, e.getMessage()));
            }
            return;
        }
        metricsSinceCheckpoint.clear();
        if (context.rank() == 0) {
            context.report(new PretrainReport.Saved(step));
            retain(step);
        }
    }

    private CheckpointMetadata metadata(long step) {
        ByteBuffer slots = state.readStepState();
        return new CheckpointMetadata(
                step,
                plan.consumedAfter(step),
                plan.model(),
                plan.tokenizer(),
                plan.training().seed(),
                plan.fingerprint(),
                new CheckpointMetadata.AdamProgress(
                        slots.getDouble(StepState.UPDATES * Double.BYTES),
                        slots.getDouble(StepState.BETA1_POWER * Double.BYTES),
                        slots.getDouble(StepState.BETA2_POWER * Double.BYTES)),
                plan.layout(),
                List.copyOf(metricsSinceCheckpoint));
    }

    private void retain(long saved) {
        try {
            CheckpointWriter.retain(plan.runFolder(), plan.checkpointKeep(), saved, hadoop, context::pass);
        } catch (IOException e) {
            context.report(new PretrainReport.NotDeleted(e.toString()));
        }
    }
}
