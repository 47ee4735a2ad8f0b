package io.sparktron.job;

import io.sparktron.collective.CommunicatorException;
import io.sparktron.rank.FailureKinds;
import io.sparktron.rank.GpuUse;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
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

/**
 * One task of a barrier stage: gives the driver signs of life from its first moment, takes its rank by where all tasks are, does its work, and tells the driver why it
 * failed if it does: of a failed barrier stage Spark itself would only say that it failed.
 */
abstract class SeatedTask extends AbstractFunction1<Iterator<Integer>, Iterator<RankOutcome>> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(SeatedTask.class);

    protected final String run;
    protected final HostSettings hosts;
    protected final GpuUse gpus;
    private final int groupSize;
    private transient boolean failed; // every task has its own copy of this object

    /**
     * @param run its name, for the driver
     * @param groupSize ranks that should share a host
     */
    SeatedTask(String run, int groupSize, GpuUse gpus, HostSettings hosts) {
        this.run = run;
        this.groupSize = groupSize;
        this.gpus = gpus;
        this.hosts = hosts;
    }

    /**
     * What the task is for.
     *
     * @param driver says that this task runs
     * @param seating of all tasks, by rank
     * @return for the driver
     */
    abstract RankOutcome work(BarrierTaskContext task, DriverWatch driver, Seating seating, int rank) throws Exception;

    @Override
    public final Iterator<RankOutcome> apply(Iterator<Integer> partition) {
        BarrierTaskContext task = BarrierTaskContext.get();
        Seat seat = seat(task);
        int rank = -1;
        try (DriverWatch driver = new DriverWatch(run, task.partitionId())) {
            List<Seat> seats =
                    Stream.of(task.allGather(seat.encode())).map(Seat::decode).toList();
            Seating seating = Seating.of(seats, groupSize);
            rank = seating.byRank().indexOf(seat);
            RankPlugin.channel().send(new RankMessage.Started(run, rank, seat));
            RankOutcome outcome = work(task, driver, seating, rank);
            return CollectionConverters.asScala(List.of(outcome).iterator());
        } catch (Throwable failure) {
            report(rank, seat, failure);
            throw sneak(failure);
        }
    }

    /** Where this task runs. */
    private Seat seat(BarrierTaskContext task) {
        return new Seat(
                hosts.hostsBy().identity(sparkHost()).encode(),
                SparkEnv.get().executorId(),
                ProcessHandle.current().pid(),
                task.partitionId(),
                TaskGpus.offer(task, gpus, SparkEnv.get().conf().get("spark.master")));
    }

    /** Name or address of this executor. */
    static String sparkHost() {
        return SparkEnv.get().blockManager().blockManagerId().host();
    }

    /** Tells the driver, once, and waits until it knows. */
    final void report(int rank, Seat seat, Throwable failure) {
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
                            isConsequence(failure),
                            FailureKinds.isGpuLost(failure)));
        } catch (Exception unreachable) {
            LOG.error("the driver does not answer", unreachable);
        }
    }

    /** A rank that is told to end, or whose process is, may fail in many ways; none of them is a cause. */
    private static boolean isConsequence(Throwable failure) {
        return BarrierTaskContext.get().isInterrupted()
                || ShutdownHookManager.inShutdown()
                || !FailureKinds.isGpuLost(failure)
                        && Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                                .anyMatch(SeatedTask::isLostPeer);
    }

    /** From the communicator, or from the stage's all-gather, whose coordinator waits for {@code spark.barrier.sync.timeout}. */
    private static boolean isLostPeer(Throwable failure) {
        return failure instanceof CommunicatorException
                || failure instanceof SparkException
                        && String.valueOf(failure.getMessage()).contains("barrier sync requests");
    }

    static String describe(Throwable failure) {
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
