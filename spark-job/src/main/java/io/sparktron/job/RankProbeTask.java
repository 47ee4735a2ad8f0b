package io.sparktron.job;

import io.sparktron.rank.FailureKinds;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankProbe;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/** One task of a barrier stage that looks at its place: takes its rank as a {@link RankTask} does, but opens no communicator. */
final class RankProbeTask extends AbstractFunction1<Iterator<Integer>, Iterator<RankOutcome>> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String run;
    private final RankProbe<?> probe;
    private final int groupSize;
    private final GpuUse gpus;
    private final HostSettings hosts;
    private final String secret;

    RankProbeTask(String run, RankProbe<?> probe, int groupSize, HostSettings hosts, String secret) {
        this.run = run;
        this.probe = probe;
        this.groupSize = groupSize;
        this.gpus = probe.gpus();
        this.hosts = hosts;
        this.secret = secret;
    }

    @Override
    @SuppressWarnings("try") // the watch only says that this task runs
    public Iterator<RankOutcome> apply(Iterator<Integer> partition) {
        BarrierTaskContext task = BarrierTaskContext.get();
        Seat seat = RankTask.seat(task, hosts.hostsBy(), gpus);
        List<Seat> seats =
                Stream.of(task.allGather(seat.encode())).map(Seat::decode).toList();
        Seating seating = Seating.of(seats, groupSize);
        int rank = seating.byRank().indexOf(seat);
        try (DriverWatch driver = new DriverWatch(run, task.partitionId())) {
            RankPlugin.channel().send(new RankMessage.Started(run, rank, seat));
            Serializable result = probe.run(
                    new StageRendezvous(task, seating.byRank(), rank),
                    SparkFacts.ofThisProcess(run, seating, rank, hosts, secret));
            RankOutcome outcome = new RankOutcome(rank, RankMessage.serialize(result));
            return CollectionConverters.asScala(List.of(outcome).iterator());
        } catch (Exception e) {
            tellDriver(rank, seat, e);
            throw new IllegalStateException("rank " + rank + " (" + seat + ") cannot be probed: " + e, e);
        }
    }

    /** Of a failed barrier stage Spark itself would only say that it failed. */
    private void tellDriver(int rank, Seat seat, Exception failure) {
        try {
            byte[] error = RankMessage.serialize(failure);
            RankPlugin.channel()
                    .ask(new RankMessage.Failed(
                            run, rank, seat, failure.toString(), error, FailureKinds.of(failure), false));
        } catch (Exception unreachable) {
            failure.addSuppressed(unreachable);
        }
    }
}
