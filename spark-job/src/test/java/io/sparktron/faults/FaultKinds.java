package io.sparktron.faults;

import java.util.List;

/** The faults that any cluster can have, in runs of which each takes several, one after the other. */
final class FaultKinds {
    static final List<List<Fault>> RUNS = List.of(
            List.of(
                    new KilledExecutor(),
                    new StopSignal("TERM"),
                    new DamagedCheckpoint(".safetensors", Damage.FLIPPED_BIT),
                    new NoRoomForSaves()),
            List.of(
                    new StoppedExecutor(),
                    new KilledDriver(),
                    new DamagedCheckpoint(".safetensors", Damage.CUT_SHORT),
                    new StopSignal("INT"),
                    new TornMetrics()),
            List.of(
                    new KilledExecutors(),
                    new RefusedCheckpoint(Damage.FLIPPED_BIT),
                    new DamagedCheckpoint("manifest.json", Damage.CUT_SHORT),
                    new KilledEverything(),
                    new DamagedCheckpoint(".safetensors", Damage.MISSING)),
            List.of(new DamagedCheckpoint("manifest.json", Damage.MISSING), new RefusedCheckpoint(Damage.CUT_SHORT)));

    private FaultKinds() {}

    /** Each once. */
    static List<Fault> all() {
        return RUNS.stream().flatMap(List::stream).toList();
    }
}
