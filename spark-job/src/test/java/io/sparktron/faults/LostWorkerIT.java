package io.sparktron.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.command.Launcher;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A standalone cluster whose Workers are lost one after the other: first there are cores to spare, then there are not. */
class LostWorkerIT {
    private static final int STEPS = 200;

    /** After which a Worker is lost. */
    private static final int STEP = 50;

    @TempDir
    static Path folder;

    @Test
    void theRunMovesToSpareCoresAndIsRefusedWhereThereAreNone() throws Exception {
        FaultRoom room = new FaultRoom(folder, STEPS);
        SplittableRandom random = new SplittableRandom(2);
        try (StandaloneCluster cluster = new StandaloneCluster(folder.resolve("cluster"))) {
            cluster.addWorker(2);
            cluster.addWorker(2);
            try (TrainingRun run = room.start(cluster)) {
                room.strike(new LostWorker(), STEP, random, run);
                Launcher.Result result = room.finish(run);
                assertThat(result.err()).contains(" was lost: ", "; retry 1 of 3 in 2 s, from ");
            }

            try (TrainingRun run = room.start(cluster, "job.slot-timeout=30", "job.retry-wait=0")) {
                run.awaitStep(STEP);
                new LostWorker().strike(run, random);
                Launcher.Result refused = run.finish();
                assertThat(refused.code()).as(refused.err()).isEqualTo(1);
                assertThat(refused.lastLine())
                        .contains(
                                " was lost: ",
                                "; no retry: " + cluster.master()
                                        + " gave 0 of 2 slots within job.slot-timeout = 30 s");

                cluster.addWorker(2);
                run.start("job.slot-timeout=300");
                assertThat(room.finish(run).err()).contains("goes on after step ");
            }
        }
    }
}
