package io.sparktron.optimizer;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;

/**
 * Constants of AdamW (Loshchilov and Hutter 2019) and of gradient clipping.
 *
 * @param beta1 part of the first moment that stays at each update
 * @param beta2 part of the second moment that stays
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled decay of matrices and embeddings; biases and layer norms have none
 * @param clip largest global gradient norm, or 0 for no clipping
 */
public record AdamConfig(double beta1, double beta2, double epsilon, double weightDecay, double clip)
        implements Serializable {
    public AdamConfig {
        fraction("train.beta1", beta1);
        fraction("train.beta2", beta2);
        if (!(epsilon > 0 && Double.isFinite(epsilon))) {
            // At 0, a parameter whose gradient was always zero would become 0 / 0.
            throw new InvalidInputException("train.epsilon = " + epsilon + ", must be a finite number above 0");
        }
        notNegative("train.weight-decay", weightDecay);
        notNegative("train.clip", clip);
    }

    private static void fraction(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new InvalidInputException(key + " = " + value + ", must be at least 0 and less than 1");
        }
    }

    private static void notNegative(String key, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new InvalidInputException(key + " = " + value + ", must be a finite number of at least 0");
        }
    }
}
