package io.sparktron.parallel;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Tensor;

/**
 * The operator g of the paper (section 3, Fig. 3), conjugate to f: leaving the split region, the partial results of all ranks are added; backward,
 * each takes the gradient of the sum as it is.
 */
public final class ReduceFromTensorRegion {
    private ReduceFromTensorRegion() {}

    /** Starts to add {@code y} [n, out] over the tensor group, in place. */
    public static Completion forward(Execution on, Tensor y) {
        return on.mesh().tensor().start(new AllReduce(Reduction.SUM, y), on.queue());
    }

    /** The identity. */
    public static Tensor backward(Tensor dy) {
        return dy;
    }
}
