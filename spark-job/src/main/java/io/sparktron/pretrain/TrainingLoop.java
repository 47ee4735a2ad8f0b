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
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.Losses;
import io.sparktron.train.ReplicaCheck;
import io.sparktron.train.TrainStep;
import io.sparktron.train.Trainer;
import java.util.concurrent.CancellationException;
import org.apache.hadoop.conf.Configuration;

/** One rank's steps: from the first of this start to the last, or to the one after which all ranks agree to stop. */
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

    TrainingLoop(
            PretrainPlan plan,
            RankContext context,
            Execution on,
            Trainer trainer,
            RunCheckpoints checkpoints,
            Configuration hadoop) {
        this.plan = plan;
        this.context = context;
        this.on = on;
        this.trainer = trainer;
        this.hadoop = hadoop;
        this.checkpoints = checkpoints;
    }

    /** Returns the last step that was made; it is saved. */
    long run() throws CheckpointFailedException {
        long step = plan.start().step();
        long last = plan.training().steps();
        try (BatchReader batches = batches();
                Ballot ballot = new Ballot(on);
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
                StepMetrics metrics = step(step, batches);
                ballot.count();
                checkpoints.settle(ballot.carried(Question.WRITING));
                stop = ballot.carried(Question.STOP);
                checkpoints.add(metrics);
                if (context.rank() == 0) {
                    context.report(new PretrainReport.Step(metrics));
                }
                boolean saves = stop || plan.savesAfter(step);
                if (plan.comparesReplicasAfter(step, saves)) {
                    replicas.check(step);
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

    private StepMetrics step(long step, BatchReader batches) {
        long began = System.nanoTime();
        int globalBatch = plan.training().batchAfter(plan.consumedAfter(step - 1));
        TrainStep.Outcome outcome = trainer.step().run(step, globalBatch, TrainStep.Samples.of(batches));
        double seconds = (System.nanoTime() - began) / NANOS;
        if (outcome.fatal()) {
            checkpoints.finish(); // of a state before this step, and all ranks are here
            throw new NotFiniteException(step, outcome, plan.training());
        }
        Losses validation = plan.validatesAfter(step) ? validationLosses() : null;
        long tokens = (long) globalBatch * plan.model().sequence();
        return new StepMetrics(
                step,
                outcome.loss(),
                plan.training().schedule().at(step),
                outcome.skipped() ? null : outcome.norm(),
                outcome.lossScale(),
                tokens,
                plan.consumedAfter(step),
                seconds,
                trainer.step().takeExposedSeconds(),
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
