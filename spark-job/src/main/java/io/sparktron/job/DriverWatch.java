package io.sparktron.job;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the driver again and again that this rank's process runs, and hears what the driver wishes: the channel goes from ranks to the driver only. It does so on
 * a thread of its own, since neither a step nor the watch over a cancellation may wait for an answer.
 */
final class DriverWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DriverWatch.class);

    static final Duration EVERY = Duration.ofSeconds(1);

    /** What the driver answers, by name: Spark's deserializer does not know the application's classes on an executor. */
    enum Wish {
        GO_ON,
        /** Keep what there is and end early. */
        STOP,
        /** The job has ended, or was never this driver's: whoever still works for it is a left-over. */
        OVER
    }

    private final String run;
    private final int partition;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Wish wish = Wish.GO_ON;
    private volatile LongSupplier progress = () -> RankMessage.Alive.NO_RANK;

    DriverWatch(String run, int partition) {
        this.run = run;
        this.partition = partition;
        Thread thread = new Thread(this::watch, "sparktron-driver-watch-" + partition);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * From now on the driver also hears how far the rank has come.
     *
     * @param passed any thread may call it, at any time
     */
    void tellProgress(LongSupplier passed) {
        progress = passed;
    }

    boolean stopWanted() {
        return wish == Wish.STOP;
    }

    boolean over() {
        return wish == Wish.OVER;
    }

    private void watch() {
        try {
            do {
                wish = ask();
            } while (wish != Wish.OVER && !closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A driver that does not answer wishes nothing new; Spark ends the executors of one that is gone. */
    private Wish ask() throws InterruptedException {
        try {
            return Wish.valueOf(
                    (String) RankPlugin.channel().ask(new RankMessage.Alive(run, partition, progress.getAsLong())));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (closed.getCount() > 0) {
                LOG.warn("the driver does not answer; asking again", e);
            }
            return wish;
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
