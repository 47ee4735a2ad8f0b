package io.sparktron.train;

import java.io.Serializable;

/**
 * What a number of samples cost, before any update.
 *
 * @param total mean over the targets, for BERT plus the mean over the samples of the loss of their order; nats
 * @param targets tokens predicted
 * @param parts of BERT's loss; null for GPT
 */
public record Losses(double total, long targets, Parts parts) implements Serializable {
    /**
     * @param masked mean over the masked tokens, nats
     * @param order mean over the samples of the loss of their segments' order, nats
     * @param maskedAccuracy part of the masked tokens with the largest logit
     * @param orderAccuracy part of the samples whose order was told
     */
    public record Parts(double masked, double order, double maskedAccuracy, double orderAccuracy)
            implements Serializable {}
}
