package io.sparktron.optimizer;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Collective.ReduceScatter;
import io.sparktron.collective.Reduction;
import io.sparktron.parallel.Bucket;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Queue;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds the gradients of a bucket as soon as backward has completed it, on a queue of their own: first, under sequence parallelism, those that are sums over a rank's
 * rows over the tensor group, then all of them over the copies of the model. Under a sharded optimizer a rank gets the sums of its own range only, and what it
 * had in the others is left as it was. Losses are divided by the count of the whole global batch beforehand, so no sum needs rescaling. Which gradients are added
 * over what is decided here and nowhere else.
 */
public final class GradientReduction {
    private final Execution on;
    private final ParameterStorage parameters;
    private final ExposedTime exposed;
    private final Queue queue;
    private final List<Completion> started = new ArrayList<>();

    /**
     * @param exposed hears how long this holds the rank up
     */
    public GradientReduction(Execution on, ParameterStorage parameters, ExposedTime exposed) {
        this.on = on;
        this.parameters = parameters;
        this.exposed = exposed;
        this.queue = on.kernels().device().newQueue("gradients");
    }

    /** Starts to add a bucket's gradients, by its index in the order of the forward pass; everything that computes them is enqueued already. */
    public void start(int bucket) {
        Bucket gradients = parameters.buckets().get(bucket);
        exposed.during(() -> {
            on.queue().letFollow(queue);
            if (on.mesh().layout().sequence() && gradients.rowSums().elements() > 0) {
                on.mesh().tensor().run(new AllReduce(Reduction.SUM, gradients.rowSums()), queue);
            }
            started.add(on.mesh().data().start(sum(gradients), queue));
        });
    }

    private Collective sum(Bucket bucket) {
        return parameters.share().isWhole()
                ? new AllReduce(Reduction.SUM, bucket.gradients())
                : new ReduceScatter(Reduction.SUM, bucket.gradients(), bucket.ownedOf(bucket.gradients()));
    }

    /** Orders what follows on the rank's queue behind all sums. */
    public void finish() {
        exposed.during(() -> started.forEach(sum -> sum.before(on.queue())));
        started.clear();
    }
}
