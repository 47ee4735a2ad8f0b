package io.sparktron.optimizer;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.Optimization;
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
 * parameters whose part on this rank counts, then over the tensor group.
 */
public final class GradientNorm {
    private final Execution on;
    private final ParameterStorage parameters;
    private final Tensor chunkSums; // FLOAT64 [chunks]
    private final List<Tensor> counted = new ArrayList<>(); // FLOAT64 [chunks of neighbours that count]

    public GradientNorm(Execution on, ParameterStorage parameters, Allocator own) {
        this.on = on;
        this.parameters = parameters;
        long chunks = parameters.gradients().elements() / Optimization.CHUNK;
        Memory memory =
                own.allocate("gradient norm", bytes(parameters.gradients().elements()));
        this.chunkSums = new Tensor(memory, 0, DType.FLOAT64, Shape.of(chunks));
        long first = 0;
        long end = 0;
        for (Parameter parameter : parameters.all()) {
            long start = parameters.firstChunk(parameter);
            if (!parameter.counts() || start != end) {
                count(first, end);
                first = start;
            }
            end = parameter.counts() ? start + ParameterStorage.chunks(parameter) : first;
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
        kernel.sumOfSquares(on.queue(), parameters.gradients(), chunkSums);
        for (Tensor sums : counted) {
            kernel.sum(on.queue(), sums, squaredNorm);
        }
        on.mesh().tensor().run(new AllReduce(Reduction.SUM, squaredNorm), on.queue());
    }

    private void count(long first, long end) {
        if (end > first) {
            counted.add(chunkSums.rows(first, end - first));
        }
    }
}
