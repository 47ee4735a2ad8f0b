package io.sparktron.faults;

import java.util.List;
import java.util.random.RandomGenerator;

/** The driver gets SIGKILL; its executors have to end by themselves. */
public record KilledDriver() implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) {
        List<ProcessHandle> executors = run.executors();
        run.driver().destroyForcibly();
        executors.forEach(executor -> executor.onExit().join());
        return Ending.STARTED_AGAIN;
    }
}
