package io.sparktron.job;

import io.sparktron.collective.HostIdentity;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Where a task of the barrier stage runs. Spark shuffles its offers, so a partition id says nothing about the place: ranks are
 * given by place, so that consecutive ranks share a host.
 *
 * @param host an encoded {@link HostIdentity}
 */
record Seat(String host, String executor, long process, int partition) implements Serializable {
    private static final Comparator<Seat> BY_PLACE = Comparator.comparing(Seat::host)
            .thenComparing(seat -> seat.executor.length())
            .thenComparing(Seat::executor)
            .thenComparing(Seat::process)
            .thenComparing(Seat::partition);

    /** One word, for the stage's all-gather. */
    String encode() {
        return partition + " " + process + " " + executor + " " + host;
    }

    static Seat decode(String word) {
        String[] parts = word.split(" ", 4);
        return new Seat(parts[3], parts[2], Long.parseLong(parts[1]), Integer.parseInt(parts[0]));
    }

    /** All seats by rank. */
    static List<Seat> byRank(String[] words) {
        return Arrays.stream(words).map(Seat::decode).sorted(BY_PLACE).toList();
    }

    /** Fails unless all ranks share memory, which is how they talk. */
    static void requireOneHost(List<Seat> byRank) {
        List<String> hosts = new ArrayList<>();
        int first = 0;
        for (int rank = 1; rank <= byRank.size(); rank++) {
            HostIdentity host = byRank.get(first).identity();
            if (rank == byRank.size() || !host.sharesMemoryWith(byRank.get(rank).identity())) {
                hosts.add("ranks " + first + " to " + (rank - 1) + " on " + host);
                first = rank;
            }
        }
        if (hosts.size() > 1) {
            throw new InvalidInputException("the ranks of this job are on " + hosts.size() + " hosts, must be on one: "
                    + String.join("; ", hosts) + ". Use a master whose one Worker has a core for each of the "
                    + byRank.size() + " ranks, or a smaller parallel.tensor x parallel.data");
        }
    }

    private HostIdentity identity() {
        return HostIdentity.decode(host);
    }

    @Override
    public String toString() {
        return "host " + identity().name() + ", executor " + executor + ", process " + process;
    }
}
