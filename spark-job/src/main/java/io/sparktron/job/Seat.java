package io.sparktron.job;

import io.sparktron.collective.HostIdentity;
import java.io.Serializable;

/**
 * Where a task of the barrier stage runs. Spark shuffles its offers, so a partition id says nothing about the place: ranks are
 * given by place ({@link Seating}).
 *
 * @param host an encoded {@link HostIdentity}
 */
record Seat(String host, String executor, long process, int partition) implements Serializable {
    /** One word, for the stage's all-gather. */
    String encode() {
        return partition + " " + process + " " + executor + " " + host;
    }

    static Seat decode(String word) {
        String[] parts = word.split(" ", 4);
        return new Seat(parts[3], parts[2], Long.parseLong(parts[1]), Integer.parseInt(parts[0]));
    }

    HostIdentity identity() {
        return HostIdentity.decode(host);
    }

    @Override
    public String toString() {
        return "host " + identity().name() + ", executor " + executor + ", process " + process;
    }
}
