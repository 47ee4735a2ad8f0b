package io.sparktron.faults;

import java.util.random.RandomGenerator;

/** A rank's process gets SIGSTOP: it holds its slot and its memory, and does nothing. */
public record StoppedExecutor() implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) throws Exception {
        Signals.send("STOP", run.anyExecutor(random));
        return Ending.GOES_ON;
    }
}
