package io.sparktron.rank;

import java.io.Serializable;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Runs a {@link RankProgram} on a number of ranks and waits for all of them. */
public interface RankLauncher {
    /**
     * Runs a program that comes to its end by itself.
     *
     * @param onReport receives what ranks {@link RankContext#report}, one message at a time
     * @return the ranks' results, by rank
     * @throws RankFailedException naming the first rank that failed and its cause
     */
    default <R extends Serializable> List<R> run(int ranks, RankProgram<R> program, Consumer<Serializable> onReport) {
        return run(ranks, program, onReport, () -> false);
    }

    /**
     * Runs a program that may be asked to end early.
     *
     * @param stop whether it should, once and for all; asked now and then, by any thread, and the answer comes to {@link RankContext#stopRequested}
     * @param onReport receives what ranks {@link RankContext#report}, one message at a time
     * @return the ranks' results, by rank
     * @throws RankFailedException naming the first rank that failed and its cause
     * @throws NotStartedException if the wish to stop came before the ranks began
     */
    <R extends Serializable> List<R> run(
            int ranks, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop);
}
