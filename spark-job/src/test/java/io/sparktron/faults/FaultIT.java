package io.sparktron.faults;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
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
}
