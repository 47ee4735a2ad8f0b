package io.sparktron.job;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What Spark tells of one job's tasks: which hold a slot, and which executor was lost under them first. Spark's listener thread writes it, the thread
 * that waits for the job reads it.
 */
final class TaskWatch extends SparkListener {
    private static final Logger LOG = LoggerFactory.getLogger(TaskWatch.class);

    /** The job's local property that tells its events from those of other jobs. */
    static final String RUN = "sparktron.run";

    private final String run;
    private final Set<Object> stages = new HashSet<>();
    private final Map<Long, Task> running = new LinkedHashMap<>();
    private final Map<String, Task> placed = new LinkedHashMap<>();
    private int job = -1;
    private int started;
    private boolean jobEnded;
    private Loss firstLoss;
    private final Set<String> removed = new HashSet<>();

    /** A task that holds a slot of an executor. */
    record Task(int partition, String executor, String host) {}

    /**
     * The loss of an executor.
     *
     * @param task that ran there
     * @param reason in the words of Spark or the cluster manager
     */
    record Loss(Task task, String reason) {}

    TaskWatch(String run) {
        this.run = run;
    }

    @Override
    public synchronized void onJobStart(SparkListenerJobStart job) {
        if (job.properties() != null && run.equals(job.properties().getProperty(RUN))) {
            this.job = job.jobId();
            stages.addAll(CollectionConverters.asJava(job.stageIds()));
        }
    }

    @Override
    public synchronized void onJobEnd(SparkListenerJobEnd end) {
        jobEnded |= end.jobId() == job;
        notifyAll();
    }

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart start) {
        if (stages.contains(start.stageId())) {
            Task task = new Task(
                    start.taskInfo().partitionId(),
                    start.taskInfo().executorId(),
                    start.taskInfo().host());
            started++;
            running.put(start.taskInfo().taskId(), task);
            placed.put(task.executor(), task);
        }
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
        if (running.remove(end.taskInfo().taskId()) != null) {
            LOG.info("task of partition {} ended: {}", end.taskInfo().partitionId(), end.reason());
            if (end.reason() instanceof ExecutorLostFailure lost) {
                note(lost.execId(), lost.reason().getOrElse(() -> "no reason given"));
            }
            notifyAll();
        }
    }

    @Override
    public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        note(removed.executorId(), removed.reason());
        this.removed.add(removed.executorId());
        running.values().removeIf(task -> task.executor().equals(removed.executorId()));
        notifyAll();
    }

    private void note(String executor, String reason) {
        if (firstLoss == null && placed.containsKey(executor)) {
            firstLoss = new Loss(placed.get(executor), reason);
        }
    }

    /** How many tasks have come to hold a slot. */
    synchronized int started() {
        return started;
    }

    /** The tasks that hold a slot now. */
    synchronized List<Task> running() {
        return List.copyOf(running.values());
    }

    /** Waits until the job is over and no task of it holds a slot any more, and returns those that still do when the time is up. */
    synchronized List<Task> awaitEnd(Duration limit) throws InterruptedException {
        await(limit, () -> jobEnded && running.isEmpty());
        return List.copyOf(running.values());
    }

    /** Waits until executors are gone, and returns those that are not when the time is up. */
    synchronized List<String> awaitRemoval(List<String> executors, Duration limit) throws InterruptedException {
        await(limit, () -> removed.containsAll(executors));
        return executors.stream()
                .filter(executor -> !removed.contains(executor))
                .toList();
    }

    /** Waits for the news that an executor was lost. */
    synchronized Optional<Loss> awaitLoss(Duration limit) throws InterruptedException {
        await(limit, () -> firstLoss != null);
        return Optional.ofNullable(firstLoss);
    }

    private void await(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}
