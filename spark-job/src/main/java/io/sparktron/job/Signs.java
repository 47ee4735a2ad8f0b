package io.sparktron.job;

import io.sparktron.job.TaskWatch.Task;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * When each task of a job last gave a sign of life. Peers notice a rank that hangs when they wait for it; this is for those for which nobody waits: the
 * only rank of a job, or one that hangs before it has peers.
 */
final class Signs {
    /** A new executor loads classes before its first task can speak. */
    private static final Duration LEAST_BEFORE_FIRST = Duration.ofSeconds(60);

    /** A driver that has not looked for so long was suspended itself, and its clock says nothing about others. */
    private static final Duration SUSPENDED = Duration.ofSeconds(3);

    private final Duration limit;
    private final LongSupplier clock;
    private final Map<Integer, Long> last = new HashMap<>();
    private final Map<Integer, Long> placed = new HashMap<>();
    private long looked;

    /**
     * @param limit how long a task may be silent
     * @param clock nanoseconds
     */
    Signs(Duration limit, LongSupplier clock) {
        this.limit = limit;
        this.clock = clock;
        this.looked = clock.getAsLong();
    }

    /** A task says that it lives. */
    synchronized void received(int partition) {
        last.put(partition, clock.getAsLong());
    }

    /** Those of the tasks that have been silent for too long. To be called at least once a second. */
    synchronized List<Task> silent(Collection<Task> running) {
        long now = clock.getAsLong();
        if (now - looked > SUSPENDED.toNanos()) {
            last.replaceAll((partition, then) -> now);
            placed.replaceAll((partition, then) -> now);
        }
        looked = now;
        return running.stream().filter(task -> isSilent(task.partition(), now)).toList();
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
