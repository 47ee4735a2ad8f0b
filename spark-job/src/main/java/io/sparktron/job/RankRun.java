package io.sparktron.job;

import io.sparktron.job.TaskWatch.Loss;
import io.sparktron.job.TaskWatch.Task;
import io.sparktron.rank.FailureKinds;
import io.sparktron.rank.GpuChoice;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the ranks of one running job tell the driver: who they are, what they report, and which failed first. Spark's own threads write it, the thread that
 * waits for the job reads it.
 */
final class RankRun {
    private static final Logger LOG = LoggerFactory.getLogger(RankRun.class);

    private final String id;
    private final int ranks;
    private final int groupSize;
    private final AcrossHosts acrossHosts;
    private final GpuUse gpus;
    private final BooleanSupplier stop;
    private final Signs signs;
    private final LinkedBlockingQueue<Serializable> reports = new LinkedBlockingQueue<>();
    private final Map<Integer, Seat> seats = new TreeMap<>();
    private RankMessage.Failed first;
    private RankMessage.Failed firstConsequence;
    private List<Task> silent = List.of();
    private List<Task> stuck = List.of();
    private final Set<String> gpuLost = new TreeSet<>();
    private boolean placesSaid;

    /**
     * @param groupSize ranks that should share a host
     * @param acrossHosts what to say if they do not
     * @param gpus what ranks compute on
     * @param stop whether the job should stop
     * @param peerTimeout how long a rank may give no sign of life
     */
    RankRun(
            String id,
            int ranks,
            int groupSize,
            AcrossHosts acrossHosts,
            GpuUse gpus,
            BooleanSupplier stop,
            Duration peerTimeout) {
        this.id = id;
        this.ranks = ranks;
        this.groupSize = groupSize;
        this.acrossHosts = acrossHosts;
        this.gpus = gpus;
        this.stop = stop;
        this.signs = new Signs(peerTimeout, System::nanoTime);
    }

    String id() {
        return id;
    }

    GpuUse gpus() {
        return gpus;
    }

    /** Called by the channel, in the order in which messages arrive; returns what the sender should know. */
    DriverWatch.Wish receive(RankMessage message) {
        if (message instanceof RankMessage.Alive alive) {
            signs.received(alive.partition(), alive.progress());
            return stop.getAsBoolean() ? DriverWatch.Wish.STOP : DriverWatch.Wish.GO_ON;
        }
        note(message);
        return DriverWatch.Wish.GO_ON;
    }

    private synchronized void note(RankMessage message) {
        if (message instanceof RankMessage.Report report) {
            reports.add(report.payload());
        } else if (message instanceof RankMessage.Started started) {
            seats.put(started.rank(), started.seat());
        } else if (message instanceof RankMessage.Failed failed) {
            if (failed.gpuLost()) {
                gpuLost.add(failed.seat().executor());
            }
            if (failed.consequence()) {
                firstConsequence = firstConsequence == null ? failed : firstConsequence;
            } else {
                first = first == null ? failed : first;
            }
        }
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
        try {
            GpuChoice choice = seating.gpus(gpus);
            choice.describe().ifPresent(progress);
            if (acrossHosts == AcrossHosts.WARNED && choice.byRank().isEmpty()) {
                seating.warning().ifPresent(progress);
            }
        } catch (InvalidInputException refused) {
            LOG.info("the ranks find this by themselves, and end: {}", refused.getMessage());
        }
    }

    /** Whether one of these tasks has been silent, or all have stood still, for so long that the job is to be cancelled. */
    synchronized boolean isHung(Collection<Task> running) {
        if (silent.isEmpty()) {
            silent = signs.silent(running);
        }
        if (silent.isEmpty() && stuck.isEmpty()) {
            stuck = signs.stuck(running);
        }
        return !silent.isEmpty() || !stuck.isEmpty();
    }

    /** The tasks whose silence the job was cancelled for. */
    synchronized List<Task> silent() {
        return silent;
    }

    /** The executors that cannot use a GPU of theirs any more. */
    synchronized List<String> executorsWithoutGpu() {
        return List.copyOf(gpuLost);
    }

    /** Whether a rank has failed for a reason of its own. */
    synchronized boolean knowsCause() {
        return first != null;
    }

    /**
     * Why the job ended.
     *
     * @param spark how Spark puts it
     * @param loss the executor that was lost first
     * @param hung tasks that did not end with the job
     */
    synchronized RankFailedException failure(Throwable spark, Optional<Loss> loss, List<Task> hung) {
        if (first != null) {
            return failure(first.kind(), nameOf(first) + " failed: " + first.cause(), error(first));
        }
        if (!silent.isEmpty()) {
            String said = " gave no sign of life for " + signs.limit().toSeconds() + " s (job.peer-timeout)";
            return failure(Kind.LOST, names(silent) + said, spark);
        }
        if (!stuck.isEmpty()) {
            String said = " made no progress for " + signs.limit().toSeconds() + " s (job.peer-timeout)";
            return failure(Kind.LOST, names(stuck) + said, spark);
        }
        if (loss.isPresent()) {
            String reason = loss.get().reason();
            return failure(
                    FailureKinds.ofLoss(reason),
                    name(loss.get().task()) + " was lost: " + oneLine(reason) + FailureKinds.hint(reason),
                    spark);
        }
        String seen = firstConsequence == null ? oneLine(spark.getMessage()) : firstConsequence.cause();
        if (!hung.isEmpty()) {
            return failure(Kind.LOST, names(hung) + (hung.size() == 1 ? " hangs: " : " hang: ") + seen, spark);
        }
        return failure(firstConsequence == null ? Kind.PROGRAM : Kind.LOST, seen, spark);
    }

    private static RankFailedException failure(Kind kind, String message, Throwable cause) {
        return new RankFailedException(kind, message, cause);
    }

    private static String nameOf(RankMessage.Failed failed) {
        return (failed.rank() < 0 ? "a rank to be" : "rank " + failed.rank()) + " (" + failed.seat() + ")";
    }

    private String names(List<Task> tasks) {
        return tasks.stream().map(this::name).collect(Collectors.joining(", "));
    }

    /** The rank that a task has become, if it has. */
    private String name(Task task) {
        return seats.entrySet().stream()
                .filter(seat -> seat.getValue().partition() == task.partition())
                .map(seat -> "rank " + seat.getKey() + " (" + seat.getValue() + ")")
                .findFirst()
                .orElse("a rank to be (executor " + task.executor() + " on " + task.host() + ")");
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
