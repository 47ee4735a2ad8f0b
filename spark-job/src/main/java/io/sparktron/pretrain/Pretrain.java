package io.sparktron.pretrain;

import io.sparktron.rank.RankLauncher;
import io.sparktron.run.MetricsLog;
import io.sparktron.run.RunFolder;
import io.sparktron.run.RunLease;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/** Pretraining as the driver sees it: decide what to run, run the ranks, keep {@code run.json} and {@code metrics.jsonl}. */
public final class Pretrain {
    private Pretrain() {}

    /**
     * Trains until the last step, from the newest checkpoint of the run folder if it holds one.
     *
     * @param progress receives lines for the person who runs the job
     */
    public static void run(
            PretrainRequest request, RankLauncher launcher, Configuration hadoop, Consumer<String> progress)
            throws IOException {
        RunFolder folder = RunFolder.open(request.runFolder(), hadoop);
        List<String> said = new ArrayList<>();
        if (new Planner(request, folder, hadoop, said::add).plan().isEmpty()) {
            said.forEach(progress);
            return;
        }
        // What was read before the folder was ours may be of another driver's making by now: it is planned again.
        try (RunLease lease = folder.take(progress, Thread.currentThread()::interrupt)) {
            try {
                train(request, folder, lease, launcher, hadoop, progress);
            } catch (IOException | RuntimeException e) {
                lease.explain(e);
                throw e;
            }
        }
    }

    private static void train(
            PretrainRequest request,
            RunFolder folder,
            RunLease lease,
            RankLauncher launcher,
            Configuration hadoop,
            Consumer<String> progress)
            throws IOException {
        Optional<PretrainPlan> planned = new Planner(request, folder, hadoop, progress).plan();
        if (planned.isEmpty()) {
            return;
        }
        PretrainPlan plan = planned.get();
        progress.accept(begins(plan));
        try (MetricsLog metrics = folder.openMetrics(plan.start().step(), lease)) {
            Driver driver = new Driver(plan, folder, lease, metrics, request.settings(), progress);
            launcher.run(plan.layout().ranks(), new PretrainProgram(plan, lease.ticket()), driver::receive);
        }
        progress.accept("finished " + plan.training().steps() + " steps; run folder " + request.runFolder());
    }

    private static String begins(PretrainPlan plan) {
        String model = "GPT of " + plan.model().layers()
                + (plan.model().layers() == 1 ? " layer, hidden size " : " layers, hidden size ")
                + plan.model().hidden() + ", "
                + String.format(Locale.ROOT, "%,d", plan.model().parameters()) + " parameters, " + plan.layout();
        return model + ": " + plan.start().describe();
    }

    /** Turns reports of the ranks into files and lines. */
    private static final class Driver {
        private final PretrainPlan plan;
        private final MetricsLog metrics;
        private final RunPage page;
        private final RunFolder folder;
        private final RunLease lease;
        private final Consumer<String> progress;
        private final ProgressLine line;

        Driver(
                PretrainPlan plan,
                RunFolder folder,
                RunLease lease,
                MetricsLog metrics,
                String settings,
                Consumer<String> progress) {
            this.plan = plan;
            this.folder = folder;
            this.lease = lease;
            this.metrics = metrics;
            this.page = new RunPage(plan, settings);
            this.progress = progress;
            this.line = new ProgressLine(plan.training().steps(), plan.start().step());
        }

        void receive(Serializable message) {
            if (message instanceof PretrainReport.Ready ready) {
                ready(ready);
            } else if (message instanceof PretrainReport.Step step) {
                metrics.append(step.metrics());
                line.after(step.metrics()).ifPresent(progress);
            } else if (message instanceof PretrainReport.Saved saved) {
                progress.accept("saved step " + saved.step());
            } else if (message instanceof PretrainReport.NotSaved not) {
                progress.accept(
                        "warning: step " + not.step() + " could not be saved, training goes on: " + not.cause());
            } else if (message instanceof PretrainReport.NotDeleted not) {
                progress.accept("warning: older checkpoints could not be deleted, training goes on: " + not.cause());
            } else {
                throw new IllegalArgumentException("a rank reported " + message + ", which is no PretrainReport");
            }
        }

        private void ready(PretrainReport.Ready ready) {
            page.add(ready);
            if (page.complete()) {
                folder.writeRunJson(page.toJson(), lease);
                progress.accept(
                        (plan.layout().ranks() == 1
                                        ? "1 rank ready, "
                                        : plan.layout().ranks() + " ranks ready, each ") + ready.device() + ", "
                                + ready.memory().total() / (1 << 20) + " MiB of host memory outside the heap");
            }
        }
    }
}
