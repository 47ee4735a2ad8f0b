package io.sparktron.job;

import io.sparktron.collective.Communicator;
import io.sparktron.rank.RankContext;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;

/** A rank inside a barrier task. All ranks are on one host, since {@link Seat#requireOneHost} has passed. */
record SparkRankContext(String run, int rank, int ranks, Communicator world, CancelWatch watch) implements RankContext {
    @Override
    public int ranksOnHost() {
        return ranks;
    }

    @Override
    public void report(Serializable message) {
        try {
            RankPlugin.channel().send(new RankMessage.Report(run, rank, message));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean cancelled() {
        return watch.cancelled();
    }
}
