package io.sparktron.pretrain;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointFailedException;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.CheckpointWriter;
import io.sparktron.data.BatchReader;
import io.sparktron.data.Positions;
import io.sparktron.data.SampleOrder;
import io.sparktron.data.TokenDataset;
import io.sparktron.kernels.StepState;
import io.sparktron.parallel.Execution;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.run.LeaseLostException;
import io.sparktron.run.LeaseTicket;
import io.sparktron.run.StepMetrics;
import io.sparktron.tokens.SampleWriter;
import io.sparktron.train.Backend;
import io.sparktron.train.RankDevice;
import io.sparktron.train.TrainStep;
import io.sparktron.train.Trainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.hadoop.conf.Configuration;

/** What every rank runs to pretrain: load or draw the weights, then step after step to the last. Returns the last step. */
final class PretrainProgram implements RankProgram<Long> {
    private static final long serialVersionUID = 1L;

    /** Micro-batches that are read before they are needed. */
    private static final int READ_AHEAD = 4;

    private static final double TERA = 1e12;
    private static final double NANOS = 1e9;

    private final PretrainPlan plan;
    private final LeaseTicket lease;

    PretrainProgram(PretrainPlan plan, LeaseTicket lease) {
        this.plan = plan;
        this.lease = lease;
    }

    @Override
    public int groupSize() {
        return plan.layout().tensor();
    }

    @Override
    public Long run(RankContext context) throws Exception {
        try (RankDevice device = new RankDevice(plan.device(), plan.layout(), context);
                Trainer trainer = new Trainer(device.execution(), plan.model(), plan.training())) {
            return new Run(context, device.execution(), trainer).toTheEnd();
        }
    }

    /** One rank's run; a class so that its steps need not pass their state around. */
    private final class Run {
        private final RankContext context;
        private final Execution on;
        private final Trainer trainer;
        private final Configuration hadoop = plan.hadoop().configuration();
        private final TokenDataset data = TokenDataset.open(plan.trainData(), hadoop);
        private final List<String> metricsSinceCheckpoint = new ArrayList<>();

        Run(RankContext context, Execution on, Trainer trainer) {
            this.context = context;
            this.on = on;
            this.trainer = trainer;
        }

        long toTheEnd() throws Exception {
            prepareState();
            context.report(new PretrainReport.Ready(
                    context.rank(),
                    context.host(),
                    ProcessHandle.current().pid(),
                    on.kernels().device().description(),
                    Backend.threads(plan.device(), context.ranksOnHost()),
                    trainer.plan()));
            long first = plan.start().step() + 1;
            try (BatchReader batches = reader(first)) {
                for (long step = first; step <= plan.training().steps(); step++) {
                    if (context.cancelled()) {
                        throw new CancellationException("cancelled before step " + step);
                    }
                    step(step, batches);
                }
            }
            return plan.training().steps();
        }

        private void prepareState() {
            trainer.state().initialize(plan.training().seed());
            if (plan.start() instanceof Start.Weights weights) {
                Checkpoint.open(weights.checkpoint(), hadoop)
                        .load(trainer.state().weights(), on.queue());
            } else if (plan.start() instanceof Start.Resumed resumed) {
                Checkpoint checkpoint = Checkpoint.open(resumed.checkpoint(), hadoop);
                checkpoint.load(trainer.state().all(), on.queue());
                CheckpointMetadata.AdamProgress adam = checkpoint.metadata().adam();
                trainer.state().writeUpdates(adam.updates(), adam.beta1Power(), adam.beta2Power());
            }
        }

        private BatchReader reader(long firstStep) {
            return new BatchReader(
                    data,
                    new SampleOrder(
                            data.samples(),
                            SampleWriter.ROW_GROUP_SAMPLES,
                            plan.training().seed()),
                    Positions.ofSteps(
                            plan.start().consumed(),
                            plan.training().steps() - firstStep + 1,
                            plan.training().globalBatch(),
                            plan.layout().data(),
                            on.mesh().dataRank()),
                    plan.training().microBatch(),
                    READ_AHEAD,
                    hadoop);
        }

        private void step(long step, BatchReader batches) throws Exception {
            long began = System.nanoTime();
            TrainStep.Outcome outcome = trainer.step().run(step, () -> next(batches));
            double seconds = (System.nanoTime() - began) / NANOS;
            if (outcome.skipped()) {
                throw new NotFiniteException(step, outcome);
            }
            Double validationLoss = plan.validatesAfter(step) ? validate() : null;
            StepMetrics metrics = metrics(step, outcome, seconds, validationLoss);
            metricsSinceCheckpoint.add(metrics.toJson());
            if (context.rank() == 0) {
                context.report(new PretrainReport.Step(metrics));
            }
            if (plan.savesAfter(step)) {
                save(step);
            }
        }

        private static ByteBuffer next(BatchReader batches) {
            return batches.next().ids();
        }

        private double validate() {
            TokenDataset validation = TokenDataset.open(plan.validationData(), hadoop);
            long samples = Math.min(
                    validation.samples(),
                    (long) plan.validateBatches() * plan.training().globalBatch());
            return trainer.evaluator().meanLoss(validation, samples, hadoop);
        }

        private StepMetrics metrics(long step, TrainStep.Outcome outcome, double seconds, Double validationLoss) {
            long tokens = (long) plan.training().globalBatch() * plan.model().sequence();
            return new StepMetrics(
                    step,
                    outcome.loss(),
                    plan.training().schedule().at(step),
                    outcome.norm(),
                    1,
                    tokens,
                    consumedAfter(step),
                    seconds,
                    tokens / seconds,
                    plan.model().trainingOperations(tokens) / seconds / TERA,
                    null,
                    validationLoss);
        }

        private long consumedAfter(long step) {
            return plan.start().consumed()
                    + (step - plan.start().step()) * plan.training().globalBatch();
        }

        private void retain() {
            try {
                CheckpointWriter.retain(plan.runFolder(), plan.checkpointKeep(), hadoop);
            } catch (IOException e) {
                context.report(new PretrainReport.NotDeleted(e.toString()));
            }
        }

        private void save(long step) throws Exception {
            ByteBuffer slots = trainer.state().readStepState();
            CheckpointMetadata metadata = new CheckpointMetadata(
                    step,
                    consumedAfter(step),
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
            try {
                CheckpointWriter.save(
                        plan.runFolder(),
                        metadata,
                        trainer.state().all(),
                        context.world(),
                        on.queue(),
                        hadoop,
                        plan.attempt(),
                        () -> lease.require(hadoop));
            } catch (CheckpointFailedException e) {
                if (e.getCause() instanceof LeaseLostException lost) {
                    throw lost;
                }
                if (step == plan.training().steps()) {
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
                retain();
            }
        }
    }
}
