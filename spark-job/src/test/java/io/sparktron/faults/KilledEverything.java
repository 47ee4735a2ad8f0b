package io.sparktron.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Driver and executors get SIGKILL at once, as when the power goes. */
public record KilledEverything() implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) {
        List<ProcessHandle> all = new ArrayList<>(run.executors());
        all.add(run.driver());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
        return Ending.STARTED_AGAIN;
    }
}
