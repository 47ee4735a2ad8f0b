package io.sparktron.generate;

import io.sparktron.random.Philox;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Draws tokens from logits. A draw follows from the seed, its number and the logits alone, so equal ranks draw equal tokens. */
final class TokenSampler {
    private static final double UNIT = 0x1p-32;

    private final Sampling sampling;

    TokenSampler(Sampling sampling) {
        this.sampling = sampling;
    }

    /**
     * The token of draw {@code number}.
     *
     * @param logits [V], finite
     */
    int next(float[] logits, long number) {
        int[] order = likeliestFirst(logits);
        if (sampling.greedy()) {
            return order[0];
        }
        double[] weights = weights(logits, order); // exp((logit - max) / temperature), falling
        int kept = kept(weights);
        double total = 0;
        for (int i = 0; i < kept; i++) {
            total += weights[i];
        }
        double point = uniform(number) * total;
        for (int i = 0; i < kept; i++) {
            point -= weights[i];
            if (point < 0) {
                return order[i];
            }
        }
        return order[kept - 1]; // rounding left the point at the very end
    }

    /** How many of the likeliest tokens top-k and top-p leave; at least one. */
    private int kept(double[] weights) {
        double all = Arrays.stream(weights).sum();
        double reached = 0;
        for (int i = 0; i < weights.length; i++) {
            reached += weights[i];
            if (reached >= sampling.topP() * all) {
                return i + 1;
            }
        }
        return weights.length;
    }

    private double[] weights(float[] logits, int[] order) {
        double[] weights = new double[order.length];
        for (int i = 0; i < order.length; i++) {
            weights[i] = StrictMath.exp((logits[order[i]] - (double) logits[order[0]]) / sampling.temperature());
        }
        return weights;
    }

    /** Tokens by falling logit, equal ones by id: all, or top-k of them. */
    private int[] likeliestFirst(float[] logits) {
        for (int token = 0; token < logits.length; token++) {
            if (Float.isNaN(logits[token])) {
                throw new IllegalStateException("the logit of token " + token + " is not a number; are the weights?");
            }
        }
        int limit = sampling.greedy() ? 1 : sampling.topK() == 0 ? logits.length : sampling.topK();
        Comparator<Integer> falling = Comparator.comparingDouble(token -> -logits[token]);
        return IntStream.range(0, logits.length)
                .boxed()
                .sorted(falling.thenComparing(Comparator.naturalOrder()))
                .limit(limit)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** In [0, 1): word 0 of the Philox block of the draw's number. */
    private double uniform(long number) {
        int[] block = new int[Philox.WORDS];
        Philox.block(sampling.seed(), number, 0, block);
        return Integer.toUnsignedLong(block[0]) * UNIT;
    }
}
