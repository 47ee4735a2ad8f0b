package io.sparktron.pretrain;

import io.sparktron.checkpoint.CheckpointFailedException;
import io.sparktron.data.BatchReader;
import io.sparktron.data.Positions;
import io.sparktron.data.SampleOrder;
import io.sparktron.data.TokenDataset;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Execution;
import io.sparktron.pretrain.Ballot.Question;
import io.sparktron.rank.RankContext;
import io.sparktron.run.StepMetrics;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Queue;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.Losses;
import io.sparktron.train.ReplicaCheck;
import io.sparktron.train.TrainStep;
import io.sparktron.train.Trainer;
import java.util.concurrent.CancellationException;
import org.apache.hadoop.conf.Configuration;

/**
 * One rank's steps: from the first of this start to the last, or to the one after which all ranks agree to stop. Where the device works by itself, a step is
 * enqueued before the end of the one before it is waited for, unless something comes between the two.
 */
final class TrainingLoop {
    /** Micro-batches that are read before they are needed. */
    private static final int READ_AHEAD = 4;

    private static final double TERA = 1e12;
    private static final double NANOS = 1e9;

    private final PretrainPlan plan;
    private final RankContext context;
    private final Execution on;
    private final Trainer trainer;
    private final Configuration hadoop;
    private final RunCheckpoints checkpoints;
    private final Device device;
    private final Queue hostQueue;
    private long finished; // the last step whose end was waited for
    private long began; // when the device came to the step after it, nanoseconds

    /**
     * @param hostQueue for what ranks agree on by the world's collectives
     */
    TrainingLoop(
            PretrainPlan plan,
            RankContext context,
            Execution on,
            Queue hostQueue,
            Trainer trainer,
            RunCheckpoints checkpoints,
            Configuration hadoop) {
        this.plan = plan;
        this.context = context;
        this.on = on;
        this.device = on.kernels().device();
        this.hostQueue = hostQueue;
        this.finished = plan.start().step();
        this.trainer = trainer;
        this.hadoop = hadoop;
        this.checkpoints = checkpoints;
    }

    /** Returns the last step that was made; it is saved. */
    long run() throws CheckpointFailedException {
        long step = plan.start().step();
        long last = plan.training().steps();
        try (BatchReader batches = batches();
                Ballot ballot = new Ballot(context.world(), hostQueue);
                ReplicaCheck replicas = new ReplicaCheck(on, trainer.state())) {
            boolean stop = false;
            while (step < last && !stop) {
                if (context.cancelled()) {
                    throw new CancellationException("cancelled before step " + (step + 1));
                }
                step++;
                ballot.vote(Question.STOP, context.stopRequested())
                        .vote(Question.WRITING, checkpoints.isWriting())
                        .cast();
                start(step, batches);
                ballot.count();
                finish(step - 1);
                checkpoints.settle(ballot.carried(Question.WRITING));
                stop = ballot.carried(Question.STOP);
                boolean saves = stop || plan.savesAfter(step);
                boolean compares = plan.comparesReplicasAfter(step, saves);
                if (saves || compares || plan.validatesAfter(step) || !device.isAsynchronous()) {
                    finish(step); // what follows is of this very step, or there is nothing to gain
                }
                if (compares) {
                    replicas.check(step, checkpoints::finish); // a pending save is of a state that was compared
                }
                if (saves) {
                    if (stop || step == last) {
                        checkpoints.saveLast(step);
                    } else {
                        checkpoints.save(step);
                    }
                }
            }
        }
        return step;
    }

    private BatchReader batches() {
        TokenDataset data = TokenDataset.open(plan.trainData(), hadoop);
        return new BatchReader(
                data,
                new SampleOrder(
                        data.samples(),
                        SampleWriter.ROW_GROUP_SAMPLES,
                        plan.training().seed()),
                Positions.ofSteps(
                        plan.start().consumed(),
                        plan.training().steps() - plan.start().step(),
                        plan.training()::batchAfter,
                        plan.layout().data(),
                        on.mesh().dataRank()),
                plan.training().microBatch(),
                READ_AHEAD + heldAtOnce(),
                hadoop,
                context.world()::progress);
    }

    /** Micro-batches that a step has before it uses them: of BERT all but the first, see {@link TrainStep.Samples}. */
    private int heldAtOnce() {
        return plan.model().family() == ModelConfig.Family.BERT
                ? plan.training().accumulation(plan.layout()) - 1
                : 0;
    }

    private void start(long step, BatchReader batches) {
        if (trainer.step().unfinished() == 0) {
            began = System.nanoTime();
        }
        trainer.step().start(step, globalBatch(step), TrainStep.Samples.of(batches));
    }

    private int globalBatch(long step) {
        return plan.training().batchAfter(plan.consumedAfter(step - 1));
    }

    /** Waits for the end of a step, if it was not waited for before, and tells what it did. */
    private void finish(long step) {
        if (step <= finished) {
            return;
        }
        finished = step;
        TrainStep.Outcome outcome = trainer.step().finish();
        double seconds = (System.nanoTime() - began) / NANOS;
        if (outcome.fatal()) {
            checkpoints.finish(); // of a state before this step, and all ranks are here
            throw new NotFiniteException(step, outcome, plan.training());
        }
        Losses validation = plan.validatesAfter(step) ? validationLosses() : null;
        StepMetrics metrics = metrics(step, outcome, seconds, validation);
        checkpoints.add(metrics);
        if (context.rank() == 0) {
            context.report(new PretrainReport.Step(metrics));
        }
        began = System.nanoTime(); // of the step that the device is at by now
    }

    private StepMetrics metrics(long step, TrainStep.Outcome outcome, double seconds, Losses validation) {
        long tokens = (long) globalBatch(step) * plan.model().sequence();
        return new StepMetrics(
                step,
                outcome.loss(),
                plan.training().schedule().at(step),
                outcome.skipped() ? null : outcome.norm(),
                outcome.lossScale(),
                tokens,
                plan.consumedAfter(step),
                seconds,
                device.isAsynchronous() ? null : trainer.step().takeExposedSeconds(),
                tokens / seconds,
                plan.model().trainingOperations(tokens) / seconds / TERA,
                null,
                validation == null ? null : validation.total(),
                bert(outcome.losses()),
                bert(validation));
    }

    private static StepMetrics.Bert bert(Losses losses) {
        Losses.Parts parts = losses == null ? null : losses.parts();
        return parts == null
                ? null
                : new StepMetrics.Bert(parts.masked(), parts.order(), parts.maskedAccuracy(), parts.orderAccuracy());
    }

    private Losses validationLosses() {
        TokenDataset validation = TokenDataset.open(plan.validationData(), hadoop);
        long samples = Math.min(
                validation.samples(),
                (long) plan.validateBatches() * plan.training().globalBatch());
        return trainer.evaluator().losses(validation, samples, hadoop);
    }
}
