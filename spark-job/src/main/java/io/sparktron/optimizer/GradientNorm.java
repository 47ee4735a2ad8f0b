package io.sparktron.optimizer;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.Optimization;
import io.sparktron.parallel.Bucket;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The squared norm of the gradient over all logical parameters, each counted once at any layout: the sum, in order, of the sums of fixed chunks, first over the
 * parameters whose part on this rank counts, then over the tensor group. Under a sharded optimizer each rank sums the chunks of its ranges, and one all-reduce over its
 * copies brings all chunks together: the others add 0 to each, which changes no bit in any order. So the order of addition, and with it every bit, is that of the
 * unsharded one: what pads a bucket adds zeros.
 */
public final class GradientNorm {
    private final Execution on;
    private final ParameterStorage parameters;
    private final Tensor chunkSums; // FLOAT64 [chunks]
    private final List<Tensor> counted = new ArrayList<>(); // FLOAT64 [chunks of neighbours that count]

    /**
     * @param shared memory that peers reach
     */
    public GradientNorm(Execution on, ParameterStorage parameters, Allocator shared) {
        this.on = on;
        this.parameters = parameters;
        long elements = parameters.gradients().elements();
        Memory memory = shared.allocate("gradient norm", bytes(elements));
        this.chunkSums = new Tensor(memory, 0, DType.FLOAT64, Shape.of(elements / Optimization.CHUNK));
        long first = 0;
        long end = 0; // 0 where no neighbour counts
        for (Parameter parameter : parameters.all()) {
            if (parameter.counts()) {
                first = end == 0 ? parameters.firstChunk(parameter.gradient()) : first;
                end = parameters.firstChunk(parameter.gradient()) + ParameterStorage.chunks(parameter);
            } else {
                count(first, end);
                end = 0;
            }
        }
        count(first, end);
    }

    /** Bytes of the sums of a gradient of so many elements. */
    public static long bytes(long elements) {
        return elements / Optimization.CHUNK * DType.FLOAT64.bytes();
    }

    /**
     * @param squaredNorm FLOAT64 [1] in memory that peers reach, += the squared norm, equal on all ranks
     */
    public void addTo(Tensor squaredNorm) {
        Optimization kernel = on.kernels().optimization();
        if (parameters.share().isWhole()) {
            kernel.sumOfSquares(on.queue(), parameters.gradients(), chunkSums);
        } else {
            on.kernels().elementwise().fill(on.queue(), chunkSums, 0);
            parameters.buckets().forEach(this::sumOwned);
            on.mesh().data().run(new AllReduce(Reduction.SUM, chunkSums), on.queue());
        }
        for (Tensor sums : counted) {
            kernel.sum(on.queue(), sums, squaredNorm);
        }
        on.mesh().tensor().run(new AllReduce(Reduction.SUM, squaredNorm), on.queue());
    }

    private void sumOwned(Bucket bucket) {
        Tensor owned = bucket.ownedOf(bucket.gradients());
        Tensor sums = chunkSums.rows(parameters.firstChunk(owned), owned.elements() / Optimization.CHUNK);
        on.kernels().optimization().sumOfSquares(on.queue(), owned, sums);
    }

    private void count(long first, long end) {
        if (end > 0) {
            counted.add(chunkSums.rows(first, end - first));
        }
    }
}
