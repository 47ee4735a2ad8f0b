package io.sparktron.generate;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;

/**
 * How the next token is drawn from the model's distribution.
 *
 * @param temperature logits are divided by it; above 0
 * @param topK only so many of the likeliest tokens; 0 for all
 * @param topP only the likeliest tokens that together reach this probability (Holtzman et al. 2020); 1 for all
 * @param greedy always the likeliest token; the others are then without effect
 * @param seed of the draws
 */
public record Sampling(double temperature, int topK, double topP, boolean greedy, long seed) implements Serializable {
    public Sampling {
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new InvalidInputException("generate.temperature = " + temperature
                    + ", must be a finite number above 0; for the likeliest token set generate.greedy = true");
        }
        if (topK < 0) {
            throw new InvalidInputException("generate.top-k = " + topK + ", must be at least 0 (0 = all)");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new InvalidInputException("generate.top-p = " + topP + ", must be above 0 and at most 1");
        }
    }
}
