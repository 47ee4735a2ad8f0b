package io.sparktron.faults;

import java.util.random.RandomGenerator;

/** A rank's process gets SIGKILL. */
public record KilledExecutor() implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) {
        run.anyExecutor(random).destroyForcibly();
        return Ending.GOES_ON;
    }
}
