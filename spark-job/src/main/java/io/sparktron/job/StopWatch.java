package io.sparktron.job;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the driver again and again whether the job should stop: the channel goes from ranks to the driver only. It does so on a thread of its own, since neither a
 * step nor the watch over a cancellation may wait for an answer, and on one rank, which tells the others.
 */
final class StopWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StopWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean wanted;

    StopWatch(String run, int rank) {
        if (rank == 0) {
            Thread thread = new Thread(() -> watch(run), "sparktron-stop-watch");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Whether the driver has said yes. */
    boolean wanted() {
        return wanted;
    }

    private void watch(String run) {
        try {
            while (!wanted && !closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                wanted = ask(run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A driver that does not answer does not wish anything; Spark ends the ranks of one that is gone. */
    private boolean ask(String run) throws InterruptedException {
        try {
            return Boolean.TRUE.equals(RankPlugin.channel().ask(new RankMessage.Stop(run)));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (closed.getCount() > 0) {
                LOG.warn("the driver does not say whether to stop; asking again", e);
            }
            return false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
