package io.sparktron.pretrain;

import io.sparktron.rank.NotStartedException;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.rank.RankLauncher;
import io.sparktron.rank.SlotsMissingException;
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

/**
 * Pretraining as the driver sees it: decide what to run, run the ranks, keep {@code run.json} and {@code metrics.jsonl}, and begin again where ranks were
 * lost.
 */
public final class Pretrain {
    private final PretrainRequest request;
    private final RankLauncher launcher;
    private final RunFolder folder;
    private final RunLease lease;
    private final Planner planner;
    private final AttemptLog attempts;
    private final StopRule stop;
    private final Consumer<String> progress;
    private boolean finished = true;

    private Pretrain(
            PretrainRequest request,
            RankLauncher launcher,
            RunFolder folder,
            RunLease lease,
            Planner planner,
            StopRule stop,
            Consumer<String> progress)
            throws IOException {
        this.request = request;
        this.launcher = launcher;
        this.folder = folder;
        this.lease = lease;
        this.planner = planner;
        this.stop = stop;
        this.attempts = AttemptLog.open(folder, lease, progress);
        this.progress = progress;
    }

    /**
     * Trains until the last step, from the newest checkpoint of the run folder if it holds one.
     *
     * @param stop when to save and end before
     * @param progress receives lines for the person who runs the job
     * @return whether the run is finished: false after a stop
     */
    public static boolean run(
            PretrainRequest request,
            RankLauncher launcher,
            Configuration hadoop,
            StopRule stop,
            Consumer<String> progress)
            throws IOException {
        RunFolder folder = RunFolder.open(request.runFolder(), hadoop);
        List<String> said = new ArrayList<>();
        if (new Planner(request, folder, hadoop, said::add).plan().isEmpty()) {
            said.forEach(progress);
            return true;
        }
        // What was read before the folder was ours may be of another driver's making by now: it is planned again.
        try (RunLease lease = folder.take(progress)) {
            try {
                Planner planner = new Planner(request, folder, hadoop, progress);
                return new Pretrain(request, launcher, folder, lease, planner, stop, progress).run();
            } catch (IOException | RuntimeException e) {
                lease.explain(e);
                throw e;
            }
        }
    }

    /** Attempt after attempt, until one gets to the end or is stopped. Returns whether the run is finished. */
    private boolean run() throws IOException {
        Optional<PretrainPlan> plan = planner.plan();
        if (plan.isPresent()) {
            Recovery recovery =
                    new Recovery(request.retries(), planner, plan.get().start(), stop, progress);
            while (plan.isPresent()) {
                plan = attempt(plan.get(), recovery);
            }
        }
        return finished;
    }

    /** Makes an attempt, and returns the plan of the next if there is to be one. */
    private Optional<PretrainPlan> attempt(PretrainPlan plan, Recovery recovery) throws IOException {
        progress.accept(begins(plan));
        plan.layout().idleChoices().forEach(progress);
        attempts.begin(plan);
        Driver driver = new Driver(plan);
        try (MetricsLog metrics = folder.openMetrics(plan.start().step(), lease, progress)) {
            long made = launcher.run(
                            plan.layout().ranks(),
                            new PretrainProgram(plan, lease.ticket()),
                            message -> driver.receive(message, metrics),
                            () -> lease.isLost() || stop.reason().isPresent())
                    .get(0);
            end(plan, made);
        } catch (NotStartedException stopped) {
            end(plan, plan.start().step());
        } catch (RankFailedException failure) {
            return again(plan, failure, driver, recovery);
        } catch (IOException unopened) {
            String message = "metrics.jsonl of " + folder.path() + " cannot be opened: " + unopened.getMessage();
            return again(plan, new RankFailedException(Kind.INPUT_OUTPUT, message, unopened), driver, recovery);
        } catch (SlotsMissingException failure) {
            attempts.end(failure.getMessage());
            throw recovery.withFirstCause(failure);
        }
        return Optional.empty();
    }

    private Optional<PretrainPlan> again(
            PretrainPlan plan, RankFailedException failure, Driver driver, Recovery recovery) throws IOException {
        lease.explain(failure);
        attempts.end(failure.getMessage());
        return recovery.after(plan, failure, driver.lastStep);
    }

    /** What {@link #run} would do, decided without starting or writing anything; empty if the run is finished already. */
    public static Optional<PretrainPlan> plan(PretrainRequest request, Configuration hadoop, Consumer<String> progress)
            throws IOException {
        return new Planner(request, RunFolder.open(request.runFolder(), hadoop), hadoop, progress).plan();
    }

    /**
     * @param made last step of the attempt; it is saved
     */
    private void end(PretrainPlan plan, long made) {
        finished = made == plan.training().steps();
        if (finished) {
            attempts.end("finished");
            progress.accept("finished " + made + " steps; run folder " + request.runFolder());
        } else {
            String why = stop.reason().orElse("no reason given");
            attempts.end("stopped at step " + made + ": " + why);
            progress.accept("stopped at step " + made + " of " + plan.training().steps() + " (" + why
                    + "); the same command goes on from there; run folder " + request.runFolder());
        }
    }

    private static String begins(PretrainPlan plan) {
        String model = plan.model().title() + " of " + plan.model().layers()
                + (plan.model().layers() == 1 ? " layer, hidden size " : " layers, hidden size ")
                + plan.model().hidden() + ", "
                + String.format(Locale.ROOT, "%,d", plan.model().parameters()) + " parameters, " + plan.layout();
        return model + ": " + plan.start().describe();
    }

    /** Turns reports of the ranks of one attempt into files and lines. */
    private final class Driver {
        private final PretrainPlan plan;
        private final RunPage page;
        private final ProgressLine line;
        private long lastStep;

        Driver(PretrainPlan plan) {
            this.plan = plan;
            this.page = new RunPage(plan, request.settings());
            this.line = new ProgressLine(plan.training().steps(), plan.start().step());
            this.lastStep = plan.start().step();
        }

        void receive(Serializable message, MetricsLog metrics) {
            lease.requireNotLost();
            if (message instanceof PretrainReport.Ready ready) {
                ready(ready);
            } else if (message instanceof PretrainReport.Step step) {
                metrics.append(step.metrics());
                lastStep = step.metrics().step();
                line.after(step.metrics()).ifPresent(progress);
            } else if (message instanceof PretrainReport.Saved saved) {
                metrics.flush();
                planner.saved(saved.step());
                progress.accept("saved step " + saved.step());
            } else if (message instanceof PretrainReport.SaveOverdue overdue) {
                progress.accept("warning: step " + overdue.step() + " is to be saved before the save of step "
                        + overdue.before()
                        + " is complete: training waits for it, here and from now on;"
                        + " a larger train.checkpoint-every lets it go on");
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
                attempts.write(page);
                progress.accept(who(ready) + ready.device() + ", " + ready.held() + saves(ready));
                if (ready.recomputesNothing()) {
                    progress.accept(
                            "train.recompute = selective is none on this device: its attention keeps no probabilities");
                }
            }
        }

        /** Of GPUs, each rank's has another name. */
        private String who(PretrainReport.Ready ready) {
            int ranks = plan.layout().ranks();
            if (ranks == 1) {
                return "1 rank ready, ";
            }
            return ranks + " ranks ready, each " + (ready.onGpu() ? "like rank " + ready.rank() + ": " : "");
        }

        private String saves(PretrainReport.Ready ready) {
            String copy = ready.memory().saved() / (1 << 20) + " MiB";
            if (ready.savesInBackground()) {
                return ", " + copy + " of it for saves while training goes on";
            }
            return plan.saveInBackground() == SaveInBackground.AUTO
                    ? "; training waits for its saves, since there is no room for " + copy
                            + " more (train.save-in-background = auto)"
                    : "";
        }
    }
}
