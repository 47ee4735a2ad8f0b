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

    /** What the command prints. */
    public String json() {
        return "{\"loss\": " + loss + ", \"perplexity\": " + perplexity() + ", \"targets\": " + targets + "}";
    }
}
