package io.sparktron.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of fault, once, each at a step drawn from a seed. */
class FaultIT {
    @TempDir
    static Path folder;

    private static FaultRoom room;

    @BeforeAll
    static void undisturbed() throws Exception {
        room = new FaultRoom(folder);
    }

    static Stream<Fault> faults() {
        return List.<Fault>of(new KilledExecutor(), new StoppedExecutor(), new KilledDriver()).stream();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void theLossCurveIsThatOfARunThatNothingHappenedTo(Fault fault) throws Exception {
        room.hold(fault, 1, Cluster.local(FaultRoom.RANKS), "job.peer-timeout=5");
    }
}
