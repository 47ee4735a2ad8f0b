package io.sparktron.optimizer;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Completion;
import java.util.ArrayList;
import java.util.List;

/**
 * Data parallelism: adds the gradients of all copies of the model, a bucket at a time, each as soon as backward has completed it. Losses are divided
 * by the count of the whole global batch beforehand, so the sum needs no rescaling.
 */
public final class GradientReduction {
    private final Execution on;
    private final ParameterStorage parameters;
    private final List<Completion> started = new ArrayList<>();

    public GradientReduction(Execution on, ParameterStorage parameters) {
        this.on = on;
        this.parameters = parameters;
    }

    /** Starts to add a bucket's gradients over the data group; everything that computes them is enqueued already. */
    public void start(int bucket) {
        AllReduce sum = new AllReduce(Reduction.SUM, parameters.bucketGradients(bucket));
        started.add(on.mesh().data().start(sum, on.queue()));
    }

    /** Orders what follows on the queue behind all sums. */
    public void finish() {
        started.forEach(sum -> sum.before(on.queue()));
        started.clear();
    }
}
