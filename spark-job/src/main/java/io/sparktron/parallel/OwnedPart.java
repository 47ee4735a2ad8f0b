package io.sparktron.parallel;

import io.sparktron.tensor.Tensor;

/**
 * What of a parameter this rank's optimizer updates and what it keeps for that: k consecutive elements, row-major, of the rank's tensor; all of them, or under a sharded
 * optimizer those in its range of the bucket, which may be none.
 *
 * @param first index of the first of them in the rank's tensor
 * @param used how many of them are not padding; they come first
 * @param value [k], what the model computes with
 * @param master FLOAT32 [k], what is updated, saved and initialized; the value itself where that is FLOAT32
 * @param gradient FLOAT32 [k]
 * @param firstMoment FLOAT32 [k]
 * @param secondMoment FLOAT32 [k]
 */
public record OwnedPart(
        long first, long used, Tensor value, Tensor master, Tensor gradient, Tensor firstMoment, Tensor secondMoment) {
    public long elements() {
        return value.elements();
    }

    /** What of {@code tensor}, one of this part's, is not padding: [used]. */
    public Tensor used(Tensor tensor) {
        return tensor.rows(0, used);
    }
}
