package io.sparktron.tensor;

/** The end of work that was started on a queue or by a collective. */
public interface Completion {
    /** Orders on the device: nothing enqueued on {@code queue} from now on starts before this work is done. */
    void before(Queue queue);

    /** Blocks the calling thread until the work is done; throws what made it fail. */
    void awaitHost();
}
