package io.sparktron.pretrain;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Stops a run when the time that it was given is over, counted from the making of this rule. */
public final class TimeLimit implements StopRule {
    private final double minutes;
    private final LongSupplier nanoTime;
    private final long start;

    /**
     * @param nanoTime a clock as {@link System#nanoTime}
     */
    public TimeLimit(double minutes, LongSupplier nanoTime) {
        this.minutes = minutes;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
    }

    @Override
    public Optional<String> reason() {
        double passed = (double) (nanoTime.getAsLong() - start) / TimeUnit.MINUTES.toNanos(1);
        return passed < minutes ? Optional.empty() : Optional.of("train.max-minutes = " + minutes);
    }
}
