package io.sparktron.optimizer;

/**
 * How long a rank's own thread is held up by the communication of gradients and of updated parameters: what backward and the update do not hide. On processors
 * collectives run on that thread, so it is the time inside their starts and ends, waiting for peers that come later included; of GPUs it would only say how long the thread
 * enqueues. For one thread.
 */
public final class ExposedTime {
    private static final double NANOS = 1e9;

    private long nanos;

    void during(Runnable communication) {
        long began = System.nanoTime();
        communication.run();
        nanos += System.nanoTime() - began;
    }

    /** Seconds since this was asked last. */
    public double take() {
        double seconds = nanos / NANOS;
        nanos = 0;
        return seconds;
    }
}
