package io.sparktron.evaluate;

import io.sparktron.train.Losses;
import java.io.Serializable;

/**
 * @param loss mean cross entropy over all targets, for BERT the masked tokens, nats
 * @param targets tokens predicted
 * @param bert what only BERT has; null for GPT
 */
public record Evaluation(double loss, long targets, Bert bert) implements Serializable {
    /**
     * @param orderLoss mean over the samples of the loss of their segments' order, nats
     * @param maskedAccuracy part of the masked tokens that were told
     * @param orderAccuracy part of the samples whose order was told
     */
    public record Bert(double orderLoss, double maskedAccuracy, double orderAccuracy) implements Serializable {}

    /** Of GPT. */
    public Evaluation(double loss, long targets) {
        this(loss, targets, null);
    }

    static Evaluation of(Losses losses) {
        Losses.Parts parts = losses.parts();
        return parts == null
                ? new Evaluation(losses.total(), losses.targets())
                : new Evaluation(
                        parts.masked(),
                        losses.targets(),
                        new Bert(parts.order(), parts.maskedAccuracy(), parts.orderAccuracy()));
    }

    public double perplexity() {
        return StrictMath.exp(loss);
    }

    /** What the command prints; JSON has no number that is not finite, so such a one is null. */
    public String json() {
        String rest = bert == null
                ? ""
                : ", \"order_loss\": " + number(bert.orderLoss()) + ", \"masked_accuracy\": "
                        + number(bert.maskedAccuracy()) + ", \"order_accuracy\": " + number(bert.orderAccuracy());
        return "{\"loss\": " + number(loss) + ", \"perplexity\": " + number(perplexity()) + ", \"targets\": " + targets
                + rest + "}";
    }

    private static String number(double value) {
        return Double.isFinite(value) ? Double.toString(value) : "null";
    }
}
