package io.sparktron.job;

import io.sparktron.collective.Communicator;
import io.sparktron.collective.CommunicatorException;
import io.sparktron.collective.Communicators;
import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import io.sparktron.collective.Rendezvous;
import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.rank.FailureKinds;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankProgram;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkException;
import org.apache.spark.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/** One task of the barrier stage: takes its rank, opens the communicator, runs the program, and says how it ended. */
final class RankTask extends AbstractFunction1<Iterator<Integer>, Iterator<RankOutcome>> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RankTask.class);

    private final String run;
    private final RankProgram<?> program;
    private final int groupSize;
    private final GpuUse gpus;
    private final HostSettings hosts;
    private final String secret;
    private final Duration peerTimeout;
    private transient boolean failed; // every task has its own copy of this object

    /**
     * @param secret what lets ranks of other hosts in
     */
    RankTask(String run, RankProgram<?> program, HostSettings hosts, String secret, Duration peerTimeout) {
        this.run = run;
        this.program = program;
        this.groupSize = program.groupSize();
        this.gpus = program.gpus();
        this.hosts = hosts;
        this.secret = secret;
        this.peerTimeout = peerTimeout;
    }

    @Override
    public Iterator<RankOutcome> apply(Iterator<Integer> partition) {
        BarrierTaskContext task = BarrierTaskContext.get();
        Seat seat = seat(task, hosts.hostsBy(), gpus);
        int rank = -1;
        try (DriverWatch driver = new DriverWatch(run, task.partitionId())) {
            List<Seat> seats =
                    Stream.of(task.allGather(seat.encode())).map(Seat::decode).toList();
            Seating seating = Seating.of(seats, groupSize);
            rank = seating.byRank().indexOf(seat);
            RankPlugin.channel().send(new RankMessage.Started(run, rank, seat));
            Optional<CudaGpu> gpu = seating.gpus(gpus).gpu(rank);
            if (hosts.acrossHosts().refuses(gpu.isPresent())) {
                seating.requireGroupsTogether();
            }
            RankOutcome outcome = runProgram(task, driver, seating, rank, gpu);
            RankPlugin.channel().ask(new RankMessage.Finished(run, rank));
            return CollectionConverters.asScala(List.of(outcome).iterator());
        } catch (Throwable failure) {
            report(rank, seat, failure);
            throw sneak(failure);
        }
    }

    /** Where a task runs. */
    static Seat seat(BarrierTaskContext task, HostsBy hosts, GpuUse gpus) {
        return new Seat(
                hosts.identity(sparkHost()).encode(),
                SparkEnv.get().executorId(),
                ProcessHandle.current().pid(),
                task.partitionId(),
                TaskGpus.offer(task, gpus, SparkEnv.get().conf().get("spark.master")));
    }

    /** Name or address of this executor. */
    static String sparkHost() {
        return SparkEnv.get().blockManager().blockManagerId().host();
    }

    private RankOutcome runProgram(
            BarrierTaskContext task, DriverWatch driver, Seating seating, int rank, Optional<CudaGpu> gpu)
            throws Exception {
        Rendezvous rendezvous = new StageRendezvous(task, seating.byRank(), rank);
        HostIdentity here = seating.hosts().get(rank);
        Network network = hosts.network(sparkHost(), here, seating.hosts(), secret);
        LOG.info("rank {} of {} on host {}, listens on {}", rank, seating.ranks(), here, network);
        try (Communicator world = Communicators.open("world", rendezvous, here, network, peerTimeout);
                CancelWatch watch = new CancelWatch(task, driver, world)) {
            driver.tellProgress(world::progressed);
            try {
                Serializable result = program.run(new SparkRankContext(run, rank, seating, gpu, world, watch, driver));
                return new RankOutcome(rank, RankMessage.serialize(result));
            } catch (Throwable failure) {
                // First the driver, then the peers: so theirs can never look like the first failure.
                report(rank, seating.byRank().get(rank), failure);
                world.abort("rank " + rank + " failed: " + describe(failure));
                throw failure;
            }
        }
    }

    /** Tells the driver, once, and waits until it knows. */
    private void report(int rank, Seat seat, Throwable failure) {
        if (failed) {
            return;
        }
        failed = true;
        LOG.warn("rank {} failed", rank, failure);
        byte[] error = new byte[0];
        try {
            error = RankMessage.serialize(failure);
        } catch (IOException | RuntimeException notSerializable) {
            LOG.warn("only the description of this error reaches the driver", notSerializable);
        }
        try {
            RankPlugin.channel()
                    .ask(new RankMessage.Failed(
                            run,
                            rank,
                            seat,
                            describe(failure),
                            error,
                            FailureKinds.of(failure),
                            isConsequence(failure)));
        } catch (Exception unreachable) {
            LOG.error("the driver does not answer", unreachable);
        }
    }

    /** A rank that is told to end, or whose process is, may fail in many ways; none of them is a cause. */
    private static boolean isConsequence(Throwable failure) {
        return BarrierTaskContext.get().isInterrupted()
                || ShutdownHookManager.inShutdown()
                || Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                        .anyMatch(RankTask::isLostPeer);
    }

    /** From the communicator, or from the stage's all-gather, whose coordinator waits for {@code spark.barrier.sync.timeout}. */
    private static boolean isLostPeer(Throwable failure) {
        return failure instanceof CommunicatorException
                || failure instanceof SparkException
                        && String.valueOf(failure.getMessage()).contains("barrier sync requests");
    }

    private static String describe(Throwable failure) {
        // Of wrong input and lost peers the sentence says all; of anything else its type matters.
        boolean speaks = failure instanceof InvalidInputException || failure instanceof CommunicatorException;
        String said = speaks ? failure.getMessage() : failure.toString();
        return said.lines().findFirst().orElse("");
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneak(Throwable failure) throws E {
        throw (E) failure;
    }
}
