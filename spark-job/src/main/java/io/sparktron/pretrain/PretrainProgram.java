package io.sparktron.pretrain;

import io.sparktron.parallel.Execution;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.run.LeaseTicket;
import io.sparktron.train.Backend;
import io.sparktron.train.RankDevice;
import io.sparktron.train.Trainer;
import org.apache.hadoop.conf.Configuration;

/** What every rank runs to pretrain: load or draw the weights, then step after step. Returns the last step that it made, which is saved. */
final class PretrainProgram implements RankProgram<Long> {
    private static final long serialVersionUID = 1L;

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
        Configuration hadoop = plan.hadoop().configuration();
        try (RankDevice device = new RankDevice(plan.device(), plan.layout(), context);
                Trainer trainer = new Trainer(device.execution(), plan.model(), plan.training())) {
            Execution on = device.execution();
            RunState.prepare(plan, trainer.state(), on.queue(), hadoop, context::pass);
            context.report(new PretrainReport.Ready(
                    context.rank(),
                    context.host(),
                    ProcessHandle.current().pid(),
                    on.kernels().device().description(),
                    Backend.threads(plan.device(), context.ranksOnHost()),
                    trainer.plan()));
            RunCheckpoints checkpoints = new RunCheckpoints(plan, lease, context, on, trainer.state(), hadoop);
            return new TrainingLoop(plan, context, on, trainer, checkpoints, hadoop).run();
        }
    }
}
