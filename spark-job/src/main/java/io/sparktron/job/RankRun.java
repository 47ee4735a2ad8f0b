package io.sparktron.job;

import io.sparktron.rank.RankFailedException;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * What the driver knows of one running job: who the ranks are, what they report, and which failed first. Spark's own threads
 * write it, the thread that waits for the job reads it.
 */
final class RankRun extends SparkListener {
    /** Ranks see a dead peer before Spark does: how long the news of a lost executor may take. */
    private static final Duration NEWS_OF_LOST_EXECUTOR = Duration.ofSeconds(10);

    private final String id;
    private final int ranks;
    private final int groupSize;
    private final AcrossHosts acrossHosts;
    private final LinkedBlockingQueue<Serializable> reports = new LinkedBlockingQueue<>();
    private final Map<Integer, Seat> seats = new TreeMap<>();
    private RankMessage.Failed first;
    private RankMessage.Failed firstLostPeer;
    private String lost;
    private boolean placesSaid;

    /**
     * @param groupSize ranks that should share a host
     * @param acrossHosts what to say if they do not
     */
    RankRun(String id, int ranks, int groupSize, AcrossHosts acrossHosts) {
        this.id = id;
        this.ranks = ranks;
        this.groupSize = groupSize;
        this.acrossHosts = acrossHosts;
    }

    String id() {
        return id;
    }

    /** Called by the channel, in the order in which messages arrive. */
    synchronized void receive(RankMessage message) {
        if (message instanceof RankMessage.Report report) {
            reports.add(report.payload());
        } else if (message instanceof RankMessage.Started started) {
            seats.put(started.rank(), started.seat());
        } else if (message instanceof RankMessage.Failed failed) {
            if (failed.lostPeer()) {
                firstLostPeer = firstLostPeer == null ? failed : firstLostPeer;
            } else {
                first = first == null ? failed : first;
            }
        }
        notifyAll();
    }

    @Override
    public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        seats.forEach((rank, seat) -> {
            if (lost == null && first == null && seat.executor().equals(removed.executorId())) {
                lost = "rank " + rank + " (" + seat + ") was lost: " + oneLine(removed.reason());
            }
        });
        notifyAll();
    }

    /** Hands on the next report, if one comes in time; the reader is called by no other thread. */
    void deliver(Consumer<Serializable> onReport, Duration wait) throws InterruptedException {
        Serializable report = reports.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
        while (report != null) {
            onReport.accept(report);
            report = reports.poll();
        }
    }

    /** Says once, when all ranks are known, where they are. */
    synchronized void sayPlaces(Consumer<String> progress) {
        if (placesSaid || seats.size() < ranks) {
            return;
        }
        placesSaid = true;
        Seating seating = Seating.of(seats.values(), groupSize);
        progress.accept(seating.describe());
        if (acrossHosts == AcrossHosts.WARNED) {
            seating.warning().ifPresent(progress);
        }
    }

    /** Why the job ended, given how Spark puts it. */
    synchronized RankFailedException failure(Throwable spark) throws InterruptedException {
        long end = System.nanoTime() + NEWS_OF_LOST_EXECUTOR.toNanos();
        while (first == null && lost == null && !seats.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        if (lost != null) {
            return new RankFailedException(lost, spark);
        }
        return Optional.ofNullable(first != null ? first : firstLostPeer)
                .map(RankRun::failure)
                .orElseGet(() -> new RankFailedException(oneLine(spark.getMessage()), spark));
    }

    private static RankFailedException failure(RankMessage.Failed failed) {
        String rank = failed.rank() < 0 ? "a rank to be" : "rank " + failed.rank();
        return new RankFailedException(rank + " (" + failed.seat() + ") failed: " + failed.cause(), error(failed));
    }

    private static Throwable error(RankMessage.Failed failed) {
        try {
            return (Throwable) RankMessage.deserialize(failed.error());
        } catch (IOException | ClassNotFoundException unreadable) {
            return new IllegalStateException(failed.cause(), unreadable);
        }
    }

    private static String oneLine(String text) {
        return text == null ? "no reason given" : text.lines().findFirst().orElse("no reason given");
    }
}
