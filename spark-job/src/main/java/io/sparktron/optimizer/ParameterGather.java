package io.sparktron.optimizer;

import io.sparktron.collective.Collective.AllGather;
import io.sparktron.parallel.Bucket;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.OwnedPart;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Completion;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings what the optimizers of the ranks hold to where the models compute with it: masters are rounded to the type of the values, and under a sharded optimizer the
 * ranges of a bucket's values are gathered over the data group. Nothing where the values themselves are updated, by every copy.
 */
public final class ParameterGather {
    private final Execution on;
    private final ParameterStorage parameters;
    private final ExposedTime exposed;

    /**
     * @param exposed hears how long the gathering holds the rank up
     */
    public ParameterGather(Execution on, ParameterStorage parameters, ExposedTime exposed) {
        this.on = on;
        this.parameters = parameters;
        this.exposed = exposed;
    }

    /** Enqueues it; what follows on the rank's queue sees all values. */
    public void run() {
        if (parameters.hasMasters()) {
            parameters.all().forEach(this::round);
        }
        share();
    }

    /** Enqueues what is left of it where the values are rounded already. */
    public void share() {
        if (!parameters.share().isWhole()) {
            exposed.during(this::gather);
        }
    }

    private void round(Parameter parameter) {
        OwnedPart part = parameter.owned();
        if (part.elements() > 0) {
            on.kernels().elementwise().copy(on.queue(), part.master(), part.value());
        }
    }

    private void gather() {
        List<Completion> started = new ArrayList<>();
        for (Bucket bucket : parameters.buckets()) {
            AllGather values = new AllGather(bucket.ownedOf(bucket.values()), bucket.values());
            started.add(on.mesh().data().start(values, on.queue()));
        }
        started.forEach(values -> values.before(on.queue()));
    }
}
