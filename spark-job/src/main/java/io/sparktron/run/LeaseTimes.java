package io.sparktron.run;

import java.time.Duration;

/**
 * How long the parts of a lease take.
 *
 * @param renew time between two renewals
 * @param stale without a change for so long, by the watcher's own clock, it may be taken over
 * @param settle how long the writer of a file that could not be created atomically waits before it reads back whose it is
 * @param poll how often a watcher looks
 */
record LeaseTimes(Duration renew, Duration stale, Duration settle, Duration poll) {
    static final LeaseTimes STANDARD = new LeaseTimes(
            Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofMillis(500));
}
