package io.sparktron.parallel;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Tensor;

/**
 * The operator f of the paper (section 3, Fig. 3): entering the region where a layer is split, every rank takes the same input; backward, each rank has
 * the gradient through its own part only, and they are added.
 */
public final class CopyToTensorRegion {
    private CopyToTensorRegion() {}

    /** The identity. */
    public static Tensor forward(Tensor x) {
        return x;
    }

    /** Starts to add {@code dx} [n, in] over the tensor group, in place. Work that does not need it may go on meanwhile. */
    public static Completion backward(Execution on, Tensor dx) {
        return on.mesh().tensor().start(new AllReduce(Reduction.SUM, dx), on.queue());
    }
}
