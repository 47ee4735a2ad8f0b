package io.sparktron.rank;

import io.sparktron.collective.Communicator;
import io.sparktron.collective.Communicators;
import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.ThreadRendezvous;
import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.rank.RankFailedException.Kind;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ranks as threads of this process, without Spark: for tests, and for programs of one host. */
public final class ThreadRanks implements RankLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadRanks.class);

    private final Duration timeLimit;

    /**
     * @param timeLimit how long a rank waits for its peers in a collective
     */
    public ThreadRanks(Duration timeLimit) {
        this.timeLimit = timeLimit;
    }

    @Override
    public <R extends Serializable> List<R> run(
            int ranks, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop) {
        GpuChoice choice = GpuChoice.of(
                program.gpus(),
                Collections.nCopies(ranks, VisibleGpus.offer(program.gpus())),
                Collections.nCopies(ranks, HostIdentity.current().name()));
        choice.describe().ifPresent(LOG::info);
        ThreadRendezvous rendezvous = new ThreadRendezvous(ranks, timeLimit);
        AtomicReference<RankFailedException> first = new AtomicReference<>();
        List<R> results = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            results.add(null);
            int number = rank;
            Thread thread = new Thread(
                    () -> {
                        try (Communicator world = Communicators.onOneHost("world", rendezvous.end(number), timeLimit)) {
                            runRank(
                                    program,
                                    new ThreadContext(
                                            world, choice.gpu(number), timeLimit, onReport, results, first, stop),
                                    number,
                                    results,
                                    first);
                        } catch (RuntimeException | Error e) {
                            first.compareAndSet(null, failed(number, e));
                            rendezvous.fail(e.toString());
                        }
                    },
                    "rank-" + rank);
            threads.add(thread);
            thread.start();
        }
        threads.forEach(thread -> join(thread, first));
        if (first.get() != null) {
            throw first.get();
        }
        return results;
    }

    private static <R extends Serializable> void runRank(
            RankProgram<R> program,
            ThreadContext context,
            int rank,
            List<R> results,
            AtomicReference<RankFailedException> first) {
        try {
            R result = program.run(context);
            synchronized (results) {
                results.set(rank, result);
            }
        } catch (Exception | Error e) {
            first.compareAndSet(null, failed(rank, e));
            context.world().abort("rank " + rank + ": " + e);
        }
    }

    private static RankFailedException failed(int rank, Throwable cause) {
        return new RankFailedException(
                FailureKinds.inThisProcess(cause),
                "rank " + rank + " of this process: " + cause
                        + (FailureKinds.isGpuLost(cause) ? FailureKinds.PROCESS_HAS_TO_END : ""),
                cause);
    }

    /** Waits for a rank, whatever happens: its memory must not outlive the call. To interrupt the wait is to cancel the job. */
    private static void join(Thread thread, AtomicReference<RankFailedException> first) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
                first.compareAndSet(null, new RankFailedException(Kind.STOPPED, "the driver was interrupted", e));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private record ThreadContext(
            Communicator world,
            Optional<CudaGpu> gpu,
            Duration peerTimeout,
            Consumer<Serializable> onReport,
            Object lock,
            AtomicReference<RankFailedException> first,
            BooleanSupplier stop)
            implements RankContext {
        @Override
        public int rank() {
            return world.rank();
        }

        @Override
        public int ranks() {
            return world.size();
        }

        @Override
        public String host() {
            return HostIdentity.current().name();
        }

        @Override
        public int ranksOnHost() {
            return world.size();
        }

        @Override
        public void report(Serializable message) {
            synchronized (lock) {
                onReport.accept(message);
            }
        }

        @Override
        public boolean cancelled() {
            return first.get() != null;
        }

        @Override
        public boolean stopRequested() {
            return stop.getAsBoolean();
        }
    }
}
