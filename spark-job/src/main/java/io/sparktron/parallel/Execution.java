package io.sparktron.parallel;

import io.sparktron.kernels.Kernels;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;

/**
 * What a layer runs on: this rank's kernels, the queue they are enqueued on, and its groups.
 *
 * @param type of activations and of the weights that they meet in matrix products
 */
public record Execution(Kernels kernels, Queue queue, Mesh mesh, DType type) {
    /** In float32. */
    public Execution(Kernels kernels, Queue queue, Mesh mesh) {
        this(kernels, queue, mesh, DType.FLOAT32);
    }
}
