package io.sparktron.model;

import io.sparktron.tokens.InvalidInputException;

/**
 * What a model is made for: to be trained, with all that belongs to it, or only to be asked. Both may stand over the same parameters.
 *
 * @param training whether there is a backward; only then do ranks share rows, where the layout says so
 * @param dropout probability, from 0 to below 1, of embeddings, attention probabilities and both residual branches
 * @param recompute what backward computes again
 * @param seed of the dropout masks
 */
public record Mode(boolean training, double dropout, Recompute recompute, long seed) {
    public Mode {
        if (!(dropout >= 0 && dropout < 1)) {
            throw new InvalidInputException("model.dropout = " + dropout + ", must be at least 0 and below 1");
        }
    }

    /** Forward alone: nothing is dropped, and every rank holds all rows, of which there may be any number. */
    public static final Mode INFERENCE = new Mode(false, 0, Recompute.NONE, 0);

    /** To be trained. */
    public static Mode training(double dropout, Recompute recompute, long seed) {
        return new Mode(true, dropout, recompute, seed);
    }
}
