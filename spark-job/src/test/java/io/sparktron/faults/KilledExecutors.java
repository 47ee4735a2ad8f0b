package io.sparktron.faults;

import java.util.random.RandomGenerator;

/** The processes of all ranks get SIGKILL; the driver lives. */
public record KilledExecutors() implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) {
        run.executors().forEach(ProcessHandle::destroyForcibly);
        return Ending.GOES_ON;
    }
}
