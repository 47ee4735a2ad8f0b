package io.sparktron.run;

import java.time.Duration;

/** Time since it was made. The longer of two clocks counts: the monotonic one may stand while a machine is suspended. */
final class Elapsed {
    private final long nanos = System.nanoTime();
    private final long millis = System.currentTimeMillis();

    boolean longerThan(Duration time) {
        return System.nanoTime() - nanos > time.toNanos() || System.currentTimeMillis() - millis > time.toMillis();
    }
}
