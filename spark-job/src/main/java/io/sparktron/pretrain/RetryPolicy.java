package io.sparktron.pretrain;

import java.time.Duration;

/**
 * How often a run whose ranks were lost goes on by itself.
 *
 * @param most failures in a row, without a new checkpoint in between, after which it goes on; 0: it never does
 * @param firstWait before the first of them; doubled each time, up to {@link #LONGEST_WAIT}
 */
public record RetryPolicy(int most, Duration firstWait) {
    static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    public static final RetryPolicy NONE = new RetryPolicy(0, Duration.ZERO);

    /**
     * How long to wait before a retry.
     *
     * @param retry from 1
     */
    Duration waitBefore(int retry) {
        Duration wait = firstWait;
        for (int doubled = 1; doubled < retry && wait.compareTo(LONGEST_WAIT) < 0; doubled++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }
}
