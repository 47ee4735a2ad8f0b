package io.sparktron.parallel;

import io.sparktron.tensor.Tensor;

/**
 * What a rank communicates at once: the parameters of a piece of the model, one after the other, with their gradients.
 *
 * @param values [n]
 * @param gradients FLOAT32 [n]
 * @param rowSums FLOAT32 [m], the end of the gradients: those that are sums over the rows that a rank computes; m may be 0
 * @param first index, in the bucket, of the range that this rank's optimizer updates
 * @param owned elements of that range: n / ranks that divide the bucket
 */
public record Bucket(Tensor values, Tensor gradients, Tensor rowSums, long first, long owned) {
    /** What of {@code tensor}, the bucket's values or gradients, this rank's optimizer updates. */
    public Tensor ownedOf(Tensor tensor) {
        return tensor.rows(first, owned);
    }
}
