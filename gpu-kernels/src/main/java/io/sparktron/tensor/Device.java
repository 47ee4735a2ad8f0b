package io.sparktron.tensor;

/** A processor with memory of its own: the host, or one GPU. */
public interface Device extends AutoCloseable {
    /** One line for logs and {@code run.json}: kind, model, threads, libraries. */
    String description();

    /** Memory that only this rank reaches. */
    Allocator allocator();

    Queue newQueue(String name);

    /** Share alignment of the vocabulary split, in columns (host 1, GPU 64). */
    int vocabularyAlignment();

    /** Whether work goes on after the call that enqueued it has returned, so that it pays to enqueue ahead. */
    default boolean isAsynchronous() {
        return false;
    }

    @Override
    void close();
}
