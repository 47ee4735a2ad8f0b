package io.sparktron.pretrain;

import io.sparktron.run.StepMetrics;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** A line about a step, at most one a second, and always for the first and the last step and for a validation. */
final class ProgressLine {
    private static final double EVERY_SECONDS = 1;

    private final long steps;
    private final long before;
    private double spoken = EVERY_SECONDS;
    private double total;

    /**
     * @param steps of the whole run
     * @param before steps that were made before this start
     */
    ProgressLine(long steps, long before) {
        this.steps = steps;
        this.before = before;
    }

    /** The line for a step, or nothing. */
    Optional<String> after(StepMetrics step) {
        total += step.stepSeconds();
        spoken += step.stepSeconds();
        if (spoken < EVERY_SECONDS && step.step() != steps && step.validationLoss() == null) {
            return Optional.empty();
        }
        spoken = 0;
        double left = total / (step.step() - before) * (steps - step.step());
        String validation = step.validationLoss() == null
                ? ""
                : String.format(Locale.ROOT, ", validation loss %.4f", step.validationLoss());
        return Optional.of(String.format(
                Locale.ROOT,
                "step %d of %d, loss %.4f%s, %,.0f tokens/s, %s left",
                step.step(),
                steps,
                step.loss(),
                validation,
                step.tokensPerSecond(),
                clock(left)));
    }

    /** As h:mm:ss or m:ss. */
    private static String clock(double seconds) {
        Duration left = Duration.ofSeconds(Math.round(seconds));
        return left.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", left.toHours(), left.toMinutesPart(), left.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", left.toMinutes(), left.toSecondsPart());
    }
}
