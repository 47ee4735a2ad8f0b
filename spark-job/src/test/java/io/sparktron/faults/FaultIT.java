package io.sparktron.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.command.Launcher;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every kind of fault, once, each at a step drawn from a seed. {@link FaultSoak} goes on for as long as one likes. */
class FaultIT {
    private static final long SEED = 1;

    @TempDir
    static Path folder;

    private static FaultRoom room;

    @BeforeAll
    static void undisturbed() throws Exception {
        room = new FaultRoom(folder);
    }

    @ParameterizedTest
    @FieldSource("io.sparktron.faults.FaultKinds#RUNS")
    void theLossCurveIsThatOfARunThatNothingHappenedTo(List<Fault> faults) throws Exception {
        room.hold(faults, SEED, Cluster.local(FaultRoom.RANKS), "job.peer-timeout=5");
    }

    @Test
    void anExecutorThatDiesInEveryAttemptEndsTheRunWithTheFirstCause() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        try (Cluster cluster = Cluster.local(FaultRoom.RANKS);
                TrainingRun run =
                        room.start(cluster, "train.checkpoint-every=0", "job.retries=1", "job.retry-wait=0")) {
            run.awaitStart(0);
            ProcessHandle first = run.anyExecutor(random);
            first.destroyForcibly();
            run.awaitStart(1);
            run.anyExecutor(random).destroyForcibly();

            Launcher.Result result = run.finish();
            assertThat(result.code()).as(result.err()).isEqualTo(1);
            assertThat(result.err()).contains("; retry 1 of 1 in 0 s, from the beginning");
            assertThat(result.lastLine())
                    .startsWith("sparktron: ")
                    .contains("process " + first.pid() + ") was lost: ", "given up after 1 retry ");
        }
    }
}
