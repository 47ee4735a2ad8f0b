package io.sparktron.job;

import io.sparktron.collective.Communicator;
import io.sparktron.collective.Communicators;
import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import io.sparktron.collective.Rendezvous;
import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.rank.RankProgram;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;
import org.apache.spark.BarrierTaskContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One rank: opens the communicator, runs the program, and says how it ended. */
final class RankTask extends SeatedTask {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RankTask.class);

    private final RankProgram<?> program;
    private final String secret;
    private final Duration peerTimeout;

    /**
     * @param secret what lets ranks of other hosts in
     */
    RankTask(String run, RankProgram<?> program, HostSettings hosts, String secret, Duration peerTimeout) {
        super(run, program.groupSize(), program.gpus(), hosts);
        this.program = program;
        this.secret = secret;
        this.peerTimeout = peerTimeout;
    }

    @Override
    RankOutcome work(BarrierTaskContext task, DriverWatch driver, Seating seating, int rank) throws Exception {
        Optional<CudaGpu> gpu = seating.gpus(gpus).gpu(rank);
        if (hosts.acrossHosts().refuses(gpu.isPresent())) {
            seating.requireGroupsTogether();
        }
        RankOutcome outcome = runProgram(task, driver, seating, rank, gpu);
        RankPlugin.channel().ask(new RankMessage.Finished(run, rank));
        return outcome;
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
                Serializable result =
                        program.run(new SparkRankContext(run, rank, seating, gpu, peerTimeout, world, watch, driver));
                return new RankOutcome(rank, RankMessage.serialize(result));
            } catch (Throwable failure) {
                // First the driver, then the peers: so theirs can never look like the first failure.
                report(rank, seating.byRank().get(rank), failure);
                world.abort("rank " + rank + " failed: " + describe(failure));
                throw failure;
            }
        }
    }
}
