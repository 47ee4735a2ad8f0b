package io.sparktron.faults;

import java.util.List;
import java.util.random.RandomGenerator;

/** A Worker of a standalone cluster and its executors get SIGKILL, as if their machine had lost its power. */
public record LostWorker() implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) {
        ProcessHandle worker = run.anyExecutor(random).parent().orElseThrow();
        List<ProcessHandle> executors = worker.children().toList();
        worker.destroyForcibly();
        executors.forEach(ProcessHandle::destroyForcibly);
        return Ending.GOES_ON;
    }
}
