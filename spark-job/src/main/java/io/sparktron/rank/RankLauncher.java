package io.sparktron.rank;

import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;

/** Runs a {@link RankProgram} on a number of ranks and waits for all of them. */
public interface RankLauncher {
    /**
     * @param onReport receives what ranks {@link RankContext#report}, one message at a time
     * @return the ranks' results, by rank
     * @throws RankFailedException naming the first rank that failed and its cause
     */
    <R extends Serializable> List<R> run(int ranks, RankProgram<R> program, Consumer<Serializable> onReport);
}
