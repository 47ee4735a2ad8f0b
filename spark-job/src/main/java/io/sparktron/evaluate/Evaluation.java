package io.sparktron.evaluate;

import java.io.Serializable;

/**
 * @param loss mean cross entropy over all targets, nats
 * @param targets tokens predicted
 */
public record Evaluation(double loss, long targets) implements Serializable {
    public double perplexity() {
        return StrictMath.exp(loss);
    }

    /** What the command prints; JSON has no number that is not finite, so such a one is null. */
    public String json() {
        return "{\"loss\": " + number(loss) + ", \"perplexity\": " + number(perplexity()) + ", \"targets\": " + targets
                + "}";
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "null";
    }
}
