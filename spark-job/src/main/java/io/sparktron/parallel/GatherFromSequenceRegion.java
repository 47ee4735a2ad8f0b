package io.sparktron.parallel;

import io.sparktron.collective.Collective.AllGather;
import io.sparktron.collective.Collective.ReduceScatter;
import io.sparktron.collective.Reduction;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Tensor;

/**
 * What stands for f under sequence parallelism (Korthikanti et al. 2022, section 4.2.2, where it is called g): entering the region where a layer is split, the rows of
 * all ranks come together; backward, each rank has a part of the gradient of all rows, and the parts of its own rows are added.
 */
public final class GatherFromSequenceRegion {
    private GatherFromSequenceRegion() {}

    /** Starts to gather {@code x} [n / t, c] of all ranks into {@code whole} [n, c]. */
    public static Completion forward(Execution on, Tensor x, Tensor whole) {
        return on.mesh().tensor().start(new AllGather(x, whole), on.queue());
    }

    /** Starts to add {@code part} [n, c] over the tensor group; {@code dx} [n / t, c] becomes this rank's rows of the sum. */
    public static Completion backward(Execution on, Tensor part, Tensor dx) {
        return on.mesh().tensor().start(new ReduceScatter(Reduction.SUM, part, dx), on.queue());
    }
}
