package io.sparktron.rank;

import io.sparktron.collective.HostIdentity;
import io.sparktron.collective.Network;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * What a launcher knows about the process of a rank.
 *
 * @param host on which the rank counts as running
 * @param executor its name in the launcher's logs
 * @param process its number on its host
 * @param spark version of Spark there; empty without Spark
 * @param localFolders where Spark keeps blocks and copies of jars
 * @param network how ranks of other hosts reach it; null if that cannot be told
 * @param noNetwork why not; empty if it can
 * @param gpus that the rank may compute on
 * @param driver what came of a question to the driver
 * @param serialization why what ranks send cannot be serialized here; empty if it can
 */
public record ProcessFacts(
        HostIdentity host,
        String executor,
        long process,
        String spark,
        List<String> localFolders,
        Network network,
        String noNetwork,
        GpuOffer gpus,
        DriverAnswer driver,
        String serialization)
        implements Serializable {

    /**
     * @param failure why there is none; empty if there is one
     * @param took from question to answer
     * @param ahead how much later it is by the driver's clock, known to within {@code took}
     */
    public record DriverAnswer(String failure, Duration took, Duration ahead) implements Serializable {}

    @Override
    public String toString() {
        return "host " + host.name() + ", executor " + executor + ", process " + process;
    }
}
