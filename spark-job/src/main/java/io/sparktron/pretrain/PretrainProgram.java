package io.sparktron.pretrain;

import io.sparktron.checkpoint.BackgroundWriter;
import io.sparktron.data.TokenDataset;
import io.sparktron.parallel.Execution;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.run.LeaseTicket;
import io.sparktron.train.Backend;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.HostRoom;
import io.sparktron.train.RankDevice;
import io.sparktron.train.Trainer;
import io.sparktron.train.TrainingMemory;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
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
    public GpuUse gpus() {
        return plan.device().kind().gpus();
    }

    @Override
    public int groupSize() {
        return plan.layout().tensor();
    }

    @Override
    public Long run(RankContext context) throws Exception {
        Configuration hadoop = plan.hadoop().configuration();
        try (RankDevice device = new RankDevice(
                        plan.device(), plan.layout(), plan.training().precision(), context);
                Trainer trainer = new Trainer(device.execution(), plan.model(), plan.training());
                BackgroundWriter background = backgroundWriter(context, device, trainer)) {
            Execution on = device.execution();
            RunState.prepare(plan, trainer.state(), hadoop, context::pass);
            context.report(new PretrainReport.Ready(
                    context.rank(),
                    context.host(),
                    ProcessHandle.current().pid(),
                    device.description(),
                    device.kind() == DeviceConfig.Kind.CUDA,
                    Backend.threads(plan.device(), context.ranksOnHost()),
                    trainer.plan(),
                    background != null,
                    plan.training().recompute().isWithoutEffect(on.kernels().attention(), plan.model())));
            RunCheckpoints checkpoints = new RunCheckpoints(
                    plan,
                    lease,
                    context,
                    on,
                    device.hostQueue(),
                    trainer.state(),
                    Optional.ofNullable(background),
                    context.rank() == 0
                            ? TokenDataset.open(plan.trainData(), hadoop).tokenizerFiles(hadoop)
                            : Map.of(),
                    hadoop);
            return new TrainingLoop(plan, context, on, device.hostQueue(), trainer, checkpoints, hadoop).run();
        }
    }

    /** Null where training waits for saves. Every rank calls it before it touches its memory. */
    private BackgroundWriter backgroundWriter(RankContext context, RankDevice device, Trainer trainer)
            throws IOException {
        boolean inBackground = switch (plan.saveInBackground()) {
            case TRUE -> true;
            case FALSE -> false;
            case AUTO -> hasRoom(context, device, trainer);
        };
        return inBackground
                ? new BackgroundWriter(trainer.state().all(), device.execution().queue(), context::pass)
                : null;
    }

    private boolean hasRoom(RankContext context, RankDevice device, Trainer trainer) throws IOException {
        TrainingMemory memory = TrainingMemory.of(
                        plan.model(),
                        plan.layout(),
                        plan.training().microBatch(),
                        plan.training().mode(),
                        plan.training().precision().type(),
                        device.kind())
                .withSavesInBackground();
        int threads = Backend.threads(plan.device(), context.ranksOnHost());
        long container = memory.overheadMiB(1, threads, Runtime.getRuntime().maxMemory()) << 20;
        boolean allowed = container <= context.memoryLimit().orElse(Long.MAX_VALUE);
        HostRoom room = HostRoom.current(context.host());
        long tensors =
                device.kind() == DeviceConfig.Kind.CUDA ? 0 : trainer.plan().total();
        long needed = tensors + BackgroundWriter.bytes(trainer.state().all());
        return room.fits(allowed ? needed : Long.MAX_VALUE, context.world(), device.hostQueue());
    }
}
