package io.sparktron.pretrain;

import io.sparktron.checkpoint.CheckpointFailedException;
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
     * @param lastStep that the failed attempt has reported, or that it began after
     * @throws RankFailedException if there is to be none; its message names the first cause
     */
    Optional<PretrainPlan> after(PretrainPlan attempt, RankFailedException failure, long lastStep) throws IOException {
        Optional<DamagedCheckpointException> damage = damage(attempt, failure);
        if (damage.isPresent()) {
            planner.avoid(damage.get());
            return planner.replan(begin);
        }
        RankFailedException cause = withStep(failure, lastStep);
        if (!failure.kind().mayPass() || policy.most() == 0 || isSaveOfAStop(failure)) {
            throw cause;
        }
        restarted = true;
        while (true) {
            try {
                Optional<PretrainPlan> next = planner.replan(begin);
                if (next.isPresent()) {
                    long step = next.get().start().step();
                    countAndWait(cause, step, step == 0 ? ", from the beginning" : ", from step " + step);
                }
                return next;
            } catch (IOException unreadable) {
                cause = new RankFailedException(
                        Kind.INPUT_OUTPUT, "the run cannot be planned again: " + unreadable.getMessage(), unreadable);
                countAndWait(cause, reached, "");
            }
        }
    }

    /** There is no place for another attempt: the cause is what ended the one before, if there was one. */
    SlotsMissingException withFirstCause(SlotsMissingException missing) {
        return first == null
                ? missing
                : new SlotsMissingException(first.getMessage() + "; no retry: " + missing.getMessage(), missing);
    }

    /** An automatic restart that could not load its checkpoint goes back to an older one; a start by hand does not. */
    private Optional<DamagedCheckpointException> damage(PretrainPlan attempt, RankFailedException failure) {
        return causes(failure)
                .filter(DamagedCheckpointException.class::isInstance)
                .map(DamagedCheckpointException.class::cast)
                .filter(damage -> restarted
                        && attempt.start() instanceof Start.Resumed resumed
                        && resumed.checkpoint().equals(damage.folder()))
                .findFirst();
    }

    /** Whoever stops a run waits for it to end, and must hear if it could not be saved. */
    private boolean isSaveOfAStop(RankFailedException failure) {
        return stop.reason().isPresent() && causes(failure).anyMatch(CheckpointFailedException.class::isInstance);
    }

    private static Stream<Throwable> causes(RankFailedException failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause);
    }

    /** A program tells by itself where it failed; of what came from outside only the driver knows when. */
    private static RankFailedException withStep(RankFailedException failure, long lastStep) {
        return failure.kind() == Kind.PROGRAM || lastStep == 0
                ? failure
                : new RankFailedException(
                        failure.kind(), "after step " + lastStep + ": " + failure.getMessage(), failure);
    }

    private void countAndWait(RankFailedException failure, long checkpoint, String from) {
        if (first == null || checkpoint > reached) {
            failures = 0;
            first = failure;
        }
        reached = Math.max(reached, checkpoint);
        failures++;
        if (failures > policy.most()) {
            throw givenUp(failure);
        }
        Duration wait = policy.waitBefore(failures);
        progress.accept(failure.getMessage() + "; retry " + failures + " of " + policy.most() + " in "
                + wait.toSeconds() + " s" + from);
        sleep(wait);
    }

    private RankFailedException givenUp(RankFailedException last) {
        String retries = policy.most() == 1 ? "1 retry" : policy.most() + " retries";
        return new RankFailedException(
                first.kind(),
                first.getMessage() + "; given up after " + retries + " without a new checkpoint (job.retries)"
                        + (last.getMessage().equals(first.getMessage()) ? "" : "; the last one: " + last.getMessage()),
                first);
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
