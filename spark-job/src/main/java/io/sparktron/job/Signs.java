package io.sparktron.job;

import io.sparktron.job.TaskWatch.Task;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * When each task of a job last gave a sign of life, and when the job last went on. Peers notice a rank that hangs when they wait for it; this is for those for
 * which nobody waits: the only rank of a job, one that hangs before it has peers, or all at once.
 */
final class Signs {
    /** Peers that wait for a rank know its name, so they may speak first. */
    private static final Duration PEERS_FIRST = Duration.ofSeconds(10);

    /** A new executor loads classes before its first task can speak. */
    private static final Duration LEAST_BEFORE_FIRST = Duration.ofSeconds(60);

    /** A driver that has not looked for so long was suspended itself, and its clock says nothing about others. */
    private static final Duration SUSPENDED = Duration.ofSeconds(3);

    private final Duration limit;
    private final LongSupplier clock;
    private final Map<Integer, Long> last = new HashMap<>();
    private final Map<Integer, Long> placed = new HashMap<>();
    private final Map<Integer, Long> progress = new HashMap<>();
    private long moved;
    private long looked;

    /**
     * @param limit how long a task may be silent
     * @param clock nanoseconds
     */
    Signs(Duration limit, LongSupplier clock) {
        this.limit = limit;
        this.clock = clock;
        this.looked = clock.getAsLong();
        this.moved = looked;
    }

    /**
     * A task says that it lives.
     *
     * @param passed how far its rank has come, or {@link RankMessage.Alive#NO_RANK}
     */
    synchronized void received(int partition, long passed) {
        last.put(partition, clock.getAsLong());
        Long before = progress.put(partition, passed);
        if (before == null || before != passed) {
            moved = clock.getAsLong();
        }
    }

    /** Those of the tasks that have been silent for too long. To be called at least once a second. */
    synchronized List<Task> silent(Collection<Task> running) {
        long now = look();
        return running.stream().filter(task -> isSilent(task.partition(), now)).toList();
    }

    /** All tasks, if all of them are ranks and none has made progress for too long; else none. To be called at least once a second. */
    synchronized List<Task> stuck(Collection<Task> running) {
        long now = look();
        boolean ranks = running.stream()
                .allMatch(task -> progress.getOrDefault(task.partition(), RankMessage.Alive.NO_RANK)
                        != RankMessage.Alive.NO_RANK);
        Duration patience = running.size() == 1 ? limit : limit.plus(PEERS_FIRST);
        return ranks && now - moved > patience.toNanos() ? List.copyOf(running) : List.of();
    }

    private long look() {
        long now = clock.getAsLong();
        if (now - looked > SUSPENDED.toNanos()) {
            last.replaceAll((partition, then) -> now);
            placed.replaceAll((partition, then) -> now);
            moved = now;
        }
        looked = now;
        return now;
    }

    private boolean isSilent(int partition, long now) {
        if (last.containsKey(partition)) {
            return now - last.get(partition) > limit.toNanos();
        }
        long since = now - placed.computeIfAbsent(partition, key -> now);
        return since > Math.max(limit.toNanos(), LEAST_BEFORE_FIRST.toNanos());
    }

    Duration limit() {
        return limit;
    }
}
