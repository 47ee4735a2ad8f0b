package io.sparktron.pretrain;

import io.sparktron.checkpoint.DamagedCheckpointException;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.rank.SlotsMissingException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Decides after a failed attempt whether another follows, when, and from where. Spark never reruns a failed barrier result stage, so a run is a series of
 * attempts, each from the newest checkpoint that can be read.
 */
final class Recovery {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final RetryPolicy policy;
    private final Planner planner;
    private final Start begin;
    private final StopRule stop;
    private final Consumer<String> progress;
    private boolean restarted;

    /** Of the newest checkpoint that an attempt went on from. */
    private long reached;

    /** Failures without a newer checkpoint in between, and the first of them. */
    private int failures;

    private RankFailedException first;

    /**
     * @param begin where the first attempt started
     * @param stop ends the wait for an attempt, which then ends at once
     */
    Recovery(RetryPolicy policy, Planner planner, Start begin, StopRule stop, Consumer<String> progress) {
        this.policy = policy;
        this.planner = planner;
        this.begin = begin;
        this.stop = stop;
        this.progress = progress;
        this.reached = begin.step();
    }

    /**
     * The next attempt, once it is time for it; empty if the run turns out to be finished.
     *
     * @throws RankFailedException if there is to be none; its message names the first cause
     */
    Optional<PretrainPlan> after(RankFailedException failure, long lastStep) throws IOException {
        Optional<DamagedCheckpointException> damage = damage(failure);
        if (restarted && damage.isPresent()) {
            planner.avoid(damage.get());
            return planner.replan(begin);
        }
        if (!failure.kind().mayPass() || policy.most() == 0) {
            throw failure;
        }
        restarted = true;
        Optional<PretrainPlan> next = planner.replan(begin);
        if (next.isEmpty()) {
            return next;
        }
        count(failure, next.get().start().step());
        Duration wait = policy.waitBefore(failures);
        progress.accept(
                (lastStep == 0 ? "before the first step: " : "after step " + lastStep + ": ") + failure.getMessage()
                        + "; retry " + failures + " of " + policy.most() + " in " + wait.toSeconds() + " s, "
                        + (next.get().start().step() == 0
                                ? "from the beginning"
                                : "from step " + next.get().start().step()));
        sleep(wait);
        return next;
    }

    /** There is no place for another attempt: the cause is what ended the one before, if there was one. */
    SlotsMissingException withFirstCause(SlotsMissingException missing) {
        return first == null
                ? missing
                : new SlotsMissingException(first.getMessage() + "; no retry: " + missing.getMessage(), missing);
    }

    private void count(RankFailedException failure, long checkpoint) {
        if (first == null || checkpoint > reached) {
            failures = 0;
            first = failure;
        }
        reached = Math.max(reached, checkpoint);
        failures++;
        if (failures > policy.most()) {
            String last =
                    failure.getMessage().equals(first.getMessage()) ? "" : "; the last one: " + failure.getMessage();
            throw new RankFailedException(
                    first.kind(),
                    first.getMessage() + "; given up after " + policy.most()
                            + (policy.most() == 1 ? " retry" : " retries") + " without a new checkpoint (job.retries)"
                            + last,
                    first);
        }
    }

    private static Optional<DamagedCheckpointException> damage(RankFailedException failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(DamagedCheckpointException.class::isInstance)
                .map(DamagedCheckpointException.class::cast)
                .findFirst();
    }

    private void sleep(Duration wait) {
        long end = System.nanoTime() + wait.toNanos();
        try {
            while (System.nanoTime() < end && stop.reason().isEmpty()) {
                Thread.sleep(LOOK_AGAIN.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RankFailedException(Kind.STOPPED, "the driver was interrupted before a retry", e);
        }
    }
}
