package io.sparktron.collective;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs ranks as threads of the test. */
final class RankThreads {
    static final Duration LIMIT = Duration.ofSeconds(30);

    private RankThreads() {}

    @FunctionalInterface
    interface Program<R> {
        R run(Communicator world) throws Exception;
    }

    /** How a rank ended. */
    record Outcome<R>(R result, Throwable failure) {}

    /** Results by rank; throws the first failure. */
    static <R> List<R> run(Placement placement, int ranks, Program<R> program) {
        List<R> results = new ArrayList<>();
        for (Outcome<R> outcome : outcomes(placement, ranks, LIMIT, program)) {
            if (outcome.failure() != null) {
                throw new AssertionError("a rank failed", outcome.failure());
            }
            results.add(outcome.result());
        }
        return results;
    }

    /** Every rank opens a communicator, runs the program and leaves, whether it failed or not. */
    static <R> List<Outcome<R>> outcomes(Placement placement, int ranks, Duration timeLimit, Program<R> program) {
        ThreadRendezvous rendezvous = new ThreadRendezvous(ranks, LIMIT);
        List<FutureTask<R>> tasks = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            Rendezvous end = rendezvous.end(rank);
            Place place = placement.of(rank);
            FutureTask<R> task = new FutureTask<>(() -> {
                try (Communicator world = place.open("world", end, timeLimit)) {
                    return program.run(world);
                }
            });
            tasks.add(task);
            Thread thread = new Thread(task, "rank-" + rank);
            thread.setDaemon(true);
            thread.start();
        }
        List<Outcome<R>> outcomes = new ArrayList<>();
        for (FutureTask<R> task : tasks) {
            outcomes.add(outcome(task));
        }
        return outcomes;
    }

    /** Fails unless every rank fails with a message that matches. */
    static void failWith(Placement placement, int ranks, Duration limit, String message, Program<Void> program) {
        for (Outcome<Void> outcome : outcomes(placement, ranks, limit, program)) {
            assertThat(outcome.failure())
                    .isInstanceOf(CommunicatorException.class)
                    .hasMessageMatching(message);
        }
    }

    private static <R> Outcome<R> outcome(FutureTask<R> task) {
        try {
            return new Outcome<>(task.get(), null);
        } catch (ExecutionException e) {
            return new Outcome<>(null, e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while ranks run", e);
        }
    }
}
