package io.sparktron.rank;

import io.sparktron.collective.Rendezvous;
import java.io.Serializable;

/**
 * What looks at the places where the ranks of a job would run, before they are joined by a communicator: so it can tell why they could not be. It
 * is sent as a {@link RankProgram} is.
 *
 * @param <R> what a place returns to the driver
 */
public interface RankProbe<R extends Serializable> extends Serializable {
    /** As that of the {@link RankProgram} that is to follow. */
    default int groupSize() {
        return 1;
    }

    /** As that of the {@link RankProgram} that is to follow. */
    default GpuUse gpus() {
        return GpuUse.NEVER;
    }

    /**
     * @param ranks the others, who may all be met or none
     * @param process where this one runs
     */
    R run(Rendezvous ranks, ProcessFacts process) throws Exception;
}
