package io.sparktron.collective;

import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;

/**
 * One rank's end of a group of ranks. All collectives are started by the rank's own thread, in the same program order on every
 * rank of the group. A mismatch of operation, type or size between ranks is an error on all of them, not a hang.
 */
public interface Communicator extends AutoCloseable {
    int rank();

    int size();

    /**
     * Starts a collective on everything enqueued on {@code after} so far. Its tensors may be neither read, written nor released before the
     * completion says so.
     *
     * @throws CommunicatorException from here or from the completion: a peer died, aborted, or does not answer
     */
    Completion start(Collective operation, Queue after);

    /** Starts a collective and orders {@code queue} behind it: what a layer inside the model does. */
    default void run(Collective operation, Queue queue) {
        start(operation, queue).before(queue);
    }

    /**
     * Divides the group; every rank calls it. Ranks of equal {@code color} form a new group, in the order of their ranks here.
     *
     * @param name what the new groups are called in errors and logs, such as {@code tensor}
     */
    Communicator split(String name, int color);

    /** Memory that every rank of the group reaches without a copy. */
    Allocator allocator();

    /**
     * Says that this rank works although it starts no collective: it has passed a kernel, or a block of a file. Peers wait for it as long as it
     * says so. Cheap; any thread, but only for what this rank's own thread waits for.
     */
    void progress();

    /**
     * How often this rank has said so, collectives and their parts included: a number that stands still while the rank does. Any thread, also after
     * {@link #close}.
     */
    long progressed();

    /** The sum of {@link #progressed} over all ranks that can stop each other: it stands still only if all of them do. Any thread. */
    default long progressedOfAll() {
        return progressed();
    }

    /**
     * Why collectives of these ranks fail, or null: one has aborted, or has died, which makes all fail. Looks for that itself, so that ranks whose
     * collectives are carried by something else find out. Any thread.
     *
     * @param waitsIn the collective in which this rank waits, for the message; null if it does not wait
     * @param left whether it is also a failure that a rank has left the opened communicator
     */
    default String failure(String waitsIn, boolean left) {
        return null;
    }

    /**
     * Makes every pending and future collective fail with {@code cause}, on all ranks of this group and of all groups that it was split
     * from or that were split from these: a rank that stops in one group cannot come to the others. The first cause stays. Any thread.
     */
    void abort(String cause);

    /** Leaves the group and frees its memory. A rank that leaves while others still wait for it makes them fail. */
    @Override
    void close();
}
