package io.sparktron.tensor;

import java.nio.ByteBuffer;

/**
 * A first-in first-out sequence of device work (a stream). Enqueuing never waits and never returns a number to the host; only
 * {@link #read} and {@link #awaitHost} wait. Two queues run in any order unless a {@link Completion} ties them. One thread
 * enqueues.
 */
public interface Queue {
    String name();

    /**
     * Enqueues a copy to the device. {@code source} (position to limit, both left as they are) holds the bytes of the whole tensor; it is
     * consumed at the call and may be reused at once.
     */
    void write(ByteBuffer source, Tensor destination);

    /**
     * Waits for everything enqueued before, then copies the whole tensor into {@code destination} from its position on, which stays where it
     * is.
     */
    void read(Tensor source, ByteBuffer destination);

    /** Done when everything enqueued so far is. */
    Completion mark();

    /**
     * Orders on the device: nothing enqueued on {@code later} from now on starts before what is enqueued here so far is done. As {@code mark().before(later)}, for who
     * does not keep the mark.
     */
    default void letFollow(Queue later) {
        mark().before(later);
    }

    /**
     * A place for copies of up to {@code bytes} that this queue makes without the host waiting. One that copies at the start is right where all work is done when
     * it is enqueued.
     */
    default Readback newReadback(int bytes) {
        return new ReadAtOnce(this, bytes);
    }

    /** Blocks until everything enqueued so far is done; throws what made it fail. */
    default void awaitHost() {
        mark().awaitHost();
    }
}
