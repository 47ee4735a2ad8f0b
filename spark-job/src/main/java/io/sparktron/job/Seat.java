package io.sparktron.job;

import io.sparktron.collective.HostIdentity;
import io.sparktron.rank.GpuOffer;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Base64;

/**
 * Where a task of the barrier stage runs. Spark shuffles its offers, so a partition id says nothing about the place: ranks are
 * given by place ({@link Seating}).
 *
 * @param host an encoded {@link HostIdentity}
 * @param gpus that the task may use
 */
record Seat(String host, String executor, long process, int partition, GpuOffer gpus) implements Serializable {
    /** One word, for the stage's all-gather. */
    String encode() {
        return partition + " " + process + " " + executor + " " + word(gpus) + " " + host;
    }

    static Seat decode(String word) {
        String[] parts = word.split(" ", 5);
        return new Seat(parts[4], parts[2], Long.parseLong(parts[1]), Integer.parseInt(parts[0]), offer(parts[3]));
    }

    private static String word(GpuOffer gpus) {
        try {
            return Base64.getEncoder().encodeToString(RankMessage.serialize(gpus));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GpuOffer offer(String word) {
        try {
            return (GpuOffer) RankMessage.deserialize(Base64.getDecoder().decode(word));
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("a seat cannot be read: " + e, e);
        }
    }

    HostIdentity identity() {
        return HostIdentity.decode(host);
    }

    @Override
    public String toString() {
        return "host " + identity().name() + ", executor " + executor + ", process " + process;
    }
}
