package io.sparktron.job;

import io.sparktron.rank.SlotsMissingException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** How long a submitted stage may wait for its slots. Spark looks once whether there are enough; where one is lost after that look, it waits for ever. */
final class Starting {
    private final String master;
    private final int ranks;
    private final Duration limit;
    private final LongSupplier clock;
    private final long submitted;

    /**
     * @param clock nanoseconds
     */
    Starting(String master, int ranks, Duration limit, LongSupplier clock) {
        this.master = master;
        this.ranks = ranks;
        this.limit = limit;
        this.clock = clock;
        this.submitted = clock.getAsLong();
    }

    /** Fails if too few have started by now. */
    void require(int started) {
        if (started < ranks && clock.getAsLong() - submitted > limit.toNanos()) {
            throw new SlotsMissingException(
                    master + " had " + ranks + " slots, but not any more when the ranks were to take them: " + started
                            + " of them started within job.slot-timeout = " + limit.toSeconds()
                            + " s; free cores in the cluster, or choose a smaller layout");
        }
    }
}
