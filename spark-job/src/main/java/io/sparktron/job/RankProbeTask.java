package io.sparktron.job;

import io.sparktron.rank.RankProbe;
import java.io.Serializable;
import org.apache.spark.BarrierTaskContext;

/** A look at the place of a rank: takes it as a {@link RankTask} does, but opens no communicator. */
final class RankProbeTask extends SeatedTask {
    private static final long serialVersionUID = 1L;

    private final RankProbe<?> probe;
    private final String secret;

    /**
     * @param groupSize ranks that should share a host, of as many as there are places
     */
    RankProbeTask(String run, RankProbe<?> probe, int groupSize, HostSettings hosts, String secret) {
        super(run, groupSize, probe.gpus(), hosts);
        this.probe = probe;
        this.secret = secret;
    }

    @Override
    RankOutcome work(BarrierTaskContext task, DriverWatch driver, Seating seating, int rank) throws Exception {
        Serializable result = probe.run(
                new StageRendezvous(task, seating.byRank(), rank),
                SparkFacts.ofThisProcess(run, seating, rank, hosts, secret));
        return new RankOutcome(rank, RankMessage.serialize(result));
    }
}
