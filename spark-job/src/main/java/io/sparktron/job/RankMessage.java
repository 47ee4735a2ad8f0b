package io.sparktron.job;

import io.sparktron.rank.RankFailedException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;

/** What a task of the barrier stage tells the driver while it runs. */
sealed interface RankMessage extends Serializable {
    /** The run that it belongs to: a driver may run several jobs, one after the other. */
    String run();

    /** Whether the rank waits for an answer: to a question, or so that its last word is never overtaken by the end of its task. */
    default boolean answered() {
        return this instanceof Finished || this instanceof Failed || this instanceof Alive || this instanceof Clock;
    }

    /** A task has become a rank. */
    record Started(String run, int rank, Seat seat) implements RankMessage {}

    /** What the program reports. */
    record Report(String run, int rank, Serializable payload) implements RankMessage {}

    /** The program has returned; every report of this rank came before. */
    record Finished(String run, int rank) implements RankMessage {}

    /**
     * A task says that its process runs, and asks what the driver wishes ({@link DriverWatch.Wish}).
     *
     * @param progress what its rank has passed so far ({@code Communicator.progressed}), or {@link #NO_RANK}
     */
    record Alive(String run, int partition, long progress) implements RankMessage {
        /** The task has no communicator, be it yet or at all. */
        static final long NO_RANK = -1;
    }

    /**
     * The program has failed.
     *
     * @param rank or -1 where it failed before ranks were given
     * @param cause one line
     * @param error the Java-serialized error; empty if it cannot be serialized
     * @param kind whether trying again may help
     * @param consequence whether it failed only because a peer did, or because it was told to end
     * @param gpuLost whether its process can use its GPU no more, so that the executor has to be replaced
     */
    record Failed(
            String run,
            int rank,
            Seat seat,
            String cause,
            byte[] error,
            Kind kind,
            boolean consequence,
            boolean gpuLost)
            implements RankMessage {}

    /** Asks for the driver's time, milliseconds since the epoch. */
    record Clock(String run) implements RankMessage {}

    /** Java serialization, as Spark serializes closures. */
    static byte[] serialize(Serializable value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    /** The inverse of {@link #serialize}, with this class's loader: the application's jar is not on Spark's own class path. */
    static Object deserialize(byte[] bytes) throws IOException, ClassNotFoundException {
        ClassLoader loader = RankMessage.class.getClassLoader();
        InputStream stream = new ByteArrayInputStream(bytes);
        try (ObjectInputStream in = new ObjectInputStream(stream) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
                try {
                    return Class.forName(description.getName(), false, loader);
                } catch (ClassNotFoundException primitive) {
                    return super.resolveClass(description);
                }
            }
        }) {
            return in.readObject();
        }
    }
}
