package io.sparktron.rank;

import java.io.Serializable;
import java.util.List;

/** Runs a {@link RankProbe} where a {@link RankLauncher} would run ranks. */
public interface ProbeLauncher {
    /**
     * Looks at the places that {@code ranks} ranks would have. Where fewer can be had in time, at least one, it looks at these.
     *
     * @return what the places returned, by rank: as many as there were
     * @throws RuntimeException if there is none in time, or one fails
     */
    <R extends Serializable> List<R> probe(int ranks, RankProbe<R> probe);
}
