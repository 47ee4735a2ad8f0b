package io.sparktron.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.command.Launcher;
import io.sparktron.pretrain.SmallRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** One dataset, one small model, and what a run of it must end with. */
public final class FaultRoom {
    /** Ranks of every run: a model that is split over two. */
    public static final int RANKS = 2;

    private static final int STANDARD_STEPS = 500;
    private static final int CHECKPOINT_EVERY = 15;

    /** Faults strike after this step at the earliest: two checkpoints are there. */
    private static final int EARLIEST = 2 * CHECKPOINT_EVERY;

    /** And before so many at the end: executors are found while they live. */
    private static final int BEFORE_END = 100;

    private final Path folder;
    private final int steps;
    private final List<String> settings;
    private final Curve undisturbed;
    private int runs;

    /** Makes the dataset and the undisturbed run, whose ranks are threads: the bits are those of executors. */
    public FaultRoom(Path folder) throws IOException, InterruptedException {
        this(folder, STANDARD_STEPS);
    }

    /**
     * The same for runs of another length.
     *
     * @param steps of every run
     */
    public FaultRoom(Path folder, int steps) throws IOException, InterruptedException {
        this.folder = folder;
        this.steps = steps;
        this.settings = List.of(
                "data.train=" + new SmallRuns(folder).dataset("train", 11),
                "parallel.tensor=2",
                "device.threads=1",
                "model.layers=4",
                "model.hidden=64",
                "model.heads=2",
                "train.micro-batch=8",
                "train.global-batch=16",
                "train.steps=" + steps,
                "train.checkpoint-every=" + CHECKPOINT_EVERY);
        try (TrainingRun run = start(Cluster.threads(RANKS))) {
            Launcher.Result result = run.finish();
            assertThat(result.code()).as(result.err()).isZero();
            undisturbed = run.curve();
            assertThat(undisturbed.steps()).hasSize(steps);
        }
    }

    /** A run in a folder of its own. */
    public TrainingRun start(Cluster cluster, String... more) throws IOException {
        return new TrainingRun(
                folder,
                "run-" + runs++,
                cluster,
                Stream.concat(settings.stream(), Stream.of(more)).toList());
    }

    /** Lets a fault strike after a step drawn from the seed, and holds what follows against the run that nothing happened to. */
    public void hold(Fault fault, long seed, Cluster cluster, String... more) throws Exception {
        hold(List.of(fault), seed, cluster, more);
    }

    /** Lets faults strike one after the other, each at a step drawn from the seed. */
    public void hold(List<Fault> faults, long seed, Cluster cluster, String... more) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        int part = (steps - EARLIEST - BEFORE_END) / faults.size();
        try (TrainingRun run = start(cluster, more)) {
            for (int i = 0; i < faults.size(); i++) {
                strike(faults.get(i), EARLIEST + i * part + random.nextInt(part), random, run);
            }
            finish(run);
        }
    }

    /** Lets a fault strike after a step; where it ends the run, the same command is called again. */
    public void strike(Fault fault, int step, SplittableRandom random, TrainingRun run) throws Exception {
        run.awaitStep(step);
        int starts = run.starts();
        switch (fault.strike(run, random)) {
            case UNDISTURBED -> {}
            case GOES_ON -> run.awaitStart(starts);
            case STARTED_AGAIN -> {
                run.finish();
                run.start();
                run.awaitStart(0);
            }
        }
    }

    /** Waits for the end of a run, which is the right one. */
    public Launcher.Result finish(TrainingRun run) throws IOException, InterruptedException {
        Launcher.Result result = run.finish();
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(run.curve().steps()).as(result.err()).isEqualTo(undisturbed.steps());
        return result;
    }
}
