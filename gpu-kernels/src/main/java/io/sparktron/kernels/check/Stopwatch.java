package io.sparktron.kernels.check;

import io.sparktron.tensor.Queue;

/**
 * How long a call takes on a device, from many in a row, so that neither its launch nor the wait for it counts.
 *
 * @param seconds of work in one measurement
 */
public record Stopwatch(double seconds) {
    /** Long enough for clocks to rise and for noise to drown. */
    public static final Stopwatch PATIENT = new Stopwatch(0.05);

    private static final double NANOSECONDS = 1e-9;
    private static final int MOST_CALLS = 500;
    private static final int MEASUREMENTS = 3;
    private static final int TOGETHER = 20;

    /** Seconds of a call; the shortest of some measurements. */
    double time(Queue queue, Runnable call) {
        time(queue, call, 1); // compiles, allocates, wakes the device
        double once = time(queue, call, 1);
        int calls = (int) Math.max(1, Math.min(MOST_CALLS, seconds / once));
        double shortest = once;
        for (int i = 0; i < MEASUREMENTS; i++) {
            shortest = Math.min(shortest, time(queue, call, calls));
        }
        return shortest;
    }

    /** The same of a call that peers must make as often. */
    public double timeTogether(Queue queue, Runnable call) {
        time(queue, call, 1);
        return time(queue, call, TOGETHER);
    }

    private static double time(Queue queue, Runnable call, int calls) {
        queue.awaitHost();
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            call.run();
        }
        queue.awaitHost();
        return (System.nanoTime() - start) * NANOSECONDS / calls;
    }
}
