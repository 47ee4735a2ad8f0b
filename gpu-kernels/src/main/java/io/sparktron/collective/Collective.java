package io.sparktron.collective;

import io.sparktron.tensor.Tensor;

/** One collective operation of a group of r ranks, with this rank's operands. Every rank starts the same one. */
public sealed interface Collective {
    /** {@code tensor}, any shape, becomes the reduction over all ranks' tensors, on every rank. */
    record AllReduce(Reduction reduction, Tensor tensor) implements Collective {}

    /**
     * {@code output} [k] becomes part {@code rank} of the reduction over all {@code input} [r * k]. May alias that part of the input.
     */
    record ReduceScatter(Reduction reduction, Tensor input, Tensor output) implements Collective {}

    /**
     * {@code output} [r * k] becomes rank 0's {@code input} [k], rank 1's, ... The input may alias its own part of the output.
     */
    record AllGather(Tensor input, Tensor output) implements Collective {}

    /** {@code tensor}, any shape, becomes the root's, on every rank. */
    record Broadcast(int root, Tensor tensor) implements Collective {}

    /** No data: complete on any rank only after it was started on all. */
    record Barrier() implements Collective {}
}
