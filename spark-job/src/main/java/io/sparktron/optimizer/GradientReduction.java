package io.sparktron.optimizer;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds the gradients of a bucket as soon as backward has completed it, on a queue of their own: first, under sequence parallelism, those that are sums over a rank's
 * rows over the tensor group, then all of them over the copies of the model. Losses are divided by the count of the whole global batch beforehand, so no sum
 * needs rescaling. Which gradients are added over what is decided here and nowhere else.
 */
public final class GradientReduction {
    private final Execution on;
    private final ParameterStorage parameters;
    private final Queue queue;
    private final List<Completion> started = new ArrayList<>();

    public GradientReduction(Execution on, ParameterStorage parameters) {
        this.on = on;
        this.parameters = parameters;
        this.queue = on.kernels().device().newQueue("gradients");
    }

    /** Starts to add a bucket's gradients; everything that computes them is enqueued already. */
    public void start(int bucket) {
        on.queue().mark().before(queue);
        Tensor rowSums = parameters.bucketRowSums(bucket);
        if (on.mesh().layout().sequence() && rowSums.elements() > 0) {
            on.mesh().tensor().run(new AllReduce(Reduction.SUM, rowSums), queue);
        }
        AllReduce sum = new AllReduce(Reduction.SUM, parameters.bucketGradients(bucket));
        started.add(on.mesh().data().start(sum, queue));
    }

    /** Orders what follows on the rank's queue behind all sums. */
    public void finish() {
        started.forEach(sum -> sum.before(on.queue()));
        started.clear();
    }
}
