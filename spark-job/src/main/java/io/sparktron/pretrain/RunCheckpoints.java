package io.sparktron.pretrain;

import io.sparktron.checkpoint.BackgroundWriter;
import io.sparktron.checkpoint.CheckpointFailedException;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.CheckpointRetention;
import io.sparktron.checkpoint.CheckpointSave;
import io.sparktron.parallel.Execution;
import io.sparktron.rank.RankContext;
import io.sparktron.run.LeaseLostException;
import io.sparktron.run.LeaseTicket;
import io.sparktron.run.StepMetrics;
import io.sparktron.tensor.Queue;
import io.sparktron.train.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Saves what the ranks have into the run folder, with the metrics since the checkpoint before. In the background, where there is a writer for it: then a save is
 * pending, on all ranks alike, from the step after which it began until the one after which all ranks know that all shards are written.
 */
final class RunCheckpoints {
    private final PretrainPlan plan;
    private final LeaseTicket lease;
    private final RankContext context;
    private final Execution on;
    private final Queue hostQueue;
    private final TrainingState state;
    private final Optional<BackgroundWriter> background;
    private final Configuration hadoop;
    private final List<String> metricsSinceCheckpoint = new ArrayList<>(); // of rank 0
    private final Map<String, byte[]> tokenizerFiles;
    private CheckpointSave pending; // or null
    private boolean overdueSaid;

    /**
     * @param hostQueue for what ranks agree on by the world's collectives
     * @param tokenizerFiles that go with every checkpoint; rank 0's count
     */
    RunCheckpoints(
            PretrainPlan plan,
            LeaseTicket lease,
            RankContext context,
            Execution on,
            Queue hostQueue,
            TrainingState state,
            Optional<BackgroundWriter> background,
            Map<String, byte[]> tokenizerFiles,
            Configuration hadoop) {
        this.plan = plan;
        this.lease = lease;
        this.context = context;
        this.on = on;
        this.hostQueue = hostQueue;
        this.state = state;
        this.background = background;
        this.tokenizerFiles = tokenizerFiles;
        this.hadoop = hadoop;
    }

    /** A step's line, for the next checkpoint: rank 0's, which writes the manifest. */
    void add(StepMetrics metrics) {
        if (context.rank() == 0) {
            metricsSinceCheckpoint.add(metrics.toJson());
        }
    }

    /** Whether this rank's shard of the pending save is being written: what it votes. */
    boolean isWriting() {
        return pending != null && background.orElseThrow().isWriting();
    }

    /** Ends the pending save, if there is one, once no rank writes any more; every rank calls it after the vote. */
    void settle(boolean anyWriting) {
        if (!anyWriting) {
            finish();
        }
    }

    /** Waits for the pending save, if there is one; every rank calls it after the same step. */
    void finish() {
        if (pending == null) {
            return;
        }
        background.orElseThrow().await();
        CheckpointSave ready = pending;
        pending = null;
        try {
            commit(ready);
        } catch (CheckpointFailedException e) {
            notSaved(ready, e);
        }
    }

    /** Saves the state after a step, or begins to; every rank calls it. */
    void save(long step) {
        if (pending != null && !overdueSaid && context.rank() == 0) {
            overdueSaid = true;
            context.report(
                    new PretrainReport.SaveOverdue(step, pending.metadata().step()));
        }
        finish();
        CheckpointSave save = begin(step);
        if (background.isPresent()) {
            background.get().start(save);
            pending = save;
            return;
        }
        try {
            write(save);
        } catch (CheckpointFailedException e) {
            notSaved(save, e);
        }
    }

    /**
     * Saves the state after a step that no other follows; every rank calls it.
     *
     * @throws CheckpointFailedException if that fails: there is no next time
     */
    void saveLast(long step) throws CheckpointFailedException {
        finish();
        write(begin(step));
    }

    private CheckpointSave begin(long step) {
        return new CheckpointSave(
                        plan.runFolder(),
                        metadata(step),
                        context.rank(),
                        hadoop,
                        plan.attempt(),
                        () -> lease.require(hadoop))
                .carrying(tokenizerFiles);
    }

    private void write(CheckpointSave save) throws CheckpointFailedException {
        save.writeShard(state.all(), on.queue(), context::pass);
        commit(save);
    }

    private void commit(CheckpointSave save) throws CheckpointFailedException {
        try {
            save.commit(context.world(), hostQueue, context::pass);
        } catch (CheckpointFailedException e) {
            if (save.failure().orElse(null) instanceof LeaseLostException lost) {
                throw lost;
            }
            throw e;
        }
        metricsSinceCheckpoint.subList(0, save.metadata().metrics().size()).clear();
        if (context.rank() == 0) {
            context.report(new PretrainReport.Saved(save.metadata().step()));
            retain(save.metadata().step());
        }
    }

    private void notSaved(CheckpointSave save, CheckpointFailedException why) {
        if (context.rank() == 0) {
            context.report(new PretrainReport.NotSaved(save.metadata().step(), why.getMessage()));
        }
    }

    private CheckpointMetadata metadata(long step) {
        return new CheckpointMetadata(
                step,
                plan.consumedAfter(step),
                plan.model(),
                plan.tokenizer(),
                plan.training().seed(),
                plan.fingerprint(),
                state.progress(),
                plan.layout(),
                List.copyOf(metricsSinceCheckpoint));
    }

    private void retain(long saved) {
        try {
            CheckpointRetention.retain(plan.runFolder(), plan.checkpointKeep(), saved, hadoop, context::pass);
        } catch (IOException e) {
            context.report(new PretrainReport.NotDeleted(e.toString()));
        }
    }
}
