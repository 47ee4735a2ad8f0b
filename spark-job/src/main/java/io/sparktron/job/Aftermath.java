package io.sparktron.job;

import io.sparktron.job.TaskWatch.Loss;
import io.sparktron.job.TaskWatch.Task;
import io.sparktron.rank.FailureKinds;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;

/**
 * What is to be done when a job has failed: find out why, and make sure that no rank of it keeps a slot. Spark interrupts the tasks, but native code
 * takes no notice of that, and a stopped process of nothing; whoever has not ended after a while loses his executor, through the cluster manager. So does at once who can use his GPU no more.
 */
final class Aftermath {
    /** How long ranks may take to end; then their executors are ended. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** How long the news of a lost executor may take: peers see a dead process before Spark does. */
    private static final Duration NEWS_OF_LOSS = Duration.ofSeconds(10);

    /** A Worker sends SIGTERM and, 10 s later, SIGKILL; Spark may wait another 5 s before it believes that the executor is lost. */
    private static final Duration EVICTION = Duration.ofSeconds(30);

    private static final String DOES_NOT_END = "which does not end its rank";

    private final SparkContext spark;
    private final TaskWatch tasks;
    private final Consumer<String> progress;

    Aftermath(SparkContext spark, TaskWatch tasks, Consumer<String> progress) {
        this.spark = spark;
        this.tasks = tasks;
        this.progress = progress;
    }

    /** Why the job ended; when this returns, its slots are free again, or it has been said that they are not. */
    RankFailedException explain(RankRun run, Throwable cause) throws InterruptedException {
        // Who was silent for as long as peers wait has had all the time it gets.
        List<Task> silent = spark.isLocal() ? List.of() : run.silent();
        if (!silent.isEmpty()) {
            replace(
                    executors(silent),
                    run.failure(cause, Optional.empty(), silent).getMessage() + "; ",
                    DOES_NOT_END);
        }
        List<Task> hung = tasks.awaitEnd(GRACE);
        boolean open = !run.knowsCause() && hung.isEmpty();
        Optional<Loss> loss = tasks.awaitLoss(open ? NEWS_OF_LOSS : Duration.ZERO);
        RankFailedException failure = run.failure(cause, loss, hung);
        if (!hung.isEmpty() && spark.isLocal()) {
            return new RankFailedException(
                    Kind.STOPPED,
                    failure.getMessage() + "; its thread does not end, so this process has to",
                    failure.getCause());
        }
        List<String> lost = run.executorsWithoutGpu();
        if (!lost.isEmpty() && spark.isLocal()) {
            return new RankFailedException(
                    Kind.PROGRAM, failure.getMessage() + FailureKinds.PROCESS_HAS_TO_END, failure.getCause());
        }
        end(hung.stream().filter(task -> !silent.contains(task)).toList(), failure.getMessage() + "; ");
        List<String> replaced = executors(hung);
        endWithoutGpu(
                lost.stream().filter(executor -> !replaced.contains(executor)).toList(), failure.getMessage() + "; ");
        return failure;
    }

    /** Ends whatever a cancelled job has left. */
    void clear() throws InterruptedException {
        List<Task> hung = tasks.awaitEnd(GRACE);
        if (!spark.isLocal()) {
            end(hung, "");
        }
    }

    /** Replaces executors, and waits until all that were replaced are gone: their memory is needed, and what they still write would only confuse. */
    private void end(List<Task> hung, String why) throws InterruptedException {
        replace(executors(hung), why, DOES_NOT_END);
        for (Task left : tasks.awaitEnd(EVICTION)) {
            progress.accept("warning: executor " + left.executor() + " on " + left.host() + " is still there after "
                    + EVICTION.toSeconds() + " s");
        }
    }

    /** A process that has lost its GPU would fail the next attempt too; when it is gone, so is what it holds of the GPU's memory. */
    private void endWithoutGpu(List<String> executors, String why) throws InterruptedException {
        if (executors.isEmpty()) {
            return;
        }
        replace(executors, why, "whose process has lost its GPU");
        for (String left : tasks.awaitRemoval(executors, EVICTION)) {
            progress.accept("warning: executor " + left + " is still there after " + EVICTION.toSeconds() + " s");
        }
    }

    private static List<String> executors(List<Task> tasks) {
        return tasks.stream().map(Task::executor).distinct().toList();
    }

    private void replace(List<String> executors, String why, String which) {
        for (String executor : executors) {
            progress.accept(why + "replacing executor " + executor + ", " + which);
            // Not in Spark's published interface; killExecutor, which is, would also take the executor from the
            // application's share.
            if (!spark.killAndReplaceExecutor(executor)) {
                progress.accept("warning: " + spark.master() + " does not end executor " + executor);
            }
        }
    }
}
