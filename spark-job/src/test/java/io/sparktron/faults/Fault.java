package io.sparktron.faults;

import java.util.random.RandomGenerator;

/** One kind of thing that goes wrong while a run trains. */
public interface Fault {
    /** What must follow. */
    enum Ending {
        /** No rank ends. */
        UNDISTURBED,
        /** The run goes on by itself and ends with exit code 0. */
        GOES_ON,
        /** The run is over; the same command, started again, goes on. */
        STARTED_AGAIN
    }

    /**
     * Does it, now.
     *
     * @param random for what the fault leaves open, such as which executor
     */
    Ending strike(TrainingRun run, RandomGenerator random) throws Exception;
}
