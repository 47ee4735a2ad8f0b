package io.sparktron.parallel;

import io.sparktron.collective.Collective.AllGather;
import io.sparktron.collective.Collective.ReduceScatter;
import io.sparktron.collective.Reduction;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Tensor;

/**
 * What stands for g under sequence parallelism (Korthikanti et al. 2022, section 4.2.2, where it is called g-bar), conjugate to {@link GatherFromSequenceRegion}:
 * leaving the split region, the partial results of all ranks are added and every rank keeps its own rows of the sum; backward, the gradients of all rows come together.
 */
public final class ReduceScatterToSequenceRegion {
    private ReduceScatterToSequenceRegion() {}

    /** Starts to add {@code part} [n, c] over the tensor group; {@code y} [n / t, c] becomes this rank's rows of the sum. */
    public static Completion forward(Execution on, Tensor part, Tensor y) {
        return on.mesh().tensor().start(new ReduceScatter(Reduction.SUM, part, y), on.queue());
    }

    /** Starts to gather {@code dy} [n / t, c] of all ranks into {@code whole} [n, c]. */
    public static Completion backward(Execution on, Tensor dy, Tensor whole) {
        return on.mesh().tensor().start(new AllGather(dy, whole), on.queue());
    }
}
