package io.sparktron.parallel;

import io.sparktron.kernels.Optimization;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All parameters of a rank, their gradients and Adam's moments: four flat float32 buffers of equal layout. Buckets lie in reverse order of the
 * forward pass, which is the order in which backward completes their gradients, so each can be reduced while backward goes on. Every parameter starts
 * on a multiple of {@link Optimization#CHUNK} elements and is zero-padded to one, so no chunk of the gradient norm depends on its neighbours. Parameters whose gradients are
 * sums over rows end their bucket, so that one collective reaches them all. Who gives the memory frees it.
 */
public final class ParameterStorage {
    /**
     * Where the four buffers come from.
     *
     * @param shared memory that the peers of a collective reach
     * @param own memory that only this rank reaches
     * @param forTraining false leaves out gradients and moments: a kernel that touches them fails
     */
    public record Source(Allocator shared, Allocator own, boolean forTraining) {
        Allocator gradients() {
            return forTraining ? shared : AbsentMemory::new;
        }

        Allocator moments() {
            return forTraining ? own : AbsentMemory::new;
        }
    }

    private record AbsentMemory(String purpose, long bytes) implements Memory {
        @Override
        public long address() {
            throw new IllegalStateException(purpose + " are absent: this storage is not for training");
        }

        @Override
        public void close() {}
    }

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<Tensor> bucketGradients = new ArrayList<>();
    private final List<Tensor> bucketRowSums = new ArrayList<>();
    private final Tensor gradients;

    /**
     * @param buckets the parameters in the order of the forward pass, grouped into what is reduced at once
     */
    public ParameterStorage(List<List<ParameterSpec>> buckets, int tensorRank, Source source) {
        long elements = elements(buckets);
        Tensor values = flat(source.shared(), "parameters", elements);
        gradients = flat(source.gradients(), "gradients", elements);
        Tensor first = flat(source.moments(), "first moments", elements);
        Tensor second = flat(source.moments(), "second moments", elements);
        long at = 0;
        for (int bucket = buckets.size() - 1; bucket >= 0; bucket--) {
            long start = at;
            long rowSums = -1;
            for (ParameterSpec spec : rowSumsLast(buckets.get(bucket))) {
                if (rowSums < 0 && isRowSum(spec)) {
                    rowSums = at;
                }
                Shape local = spec.placement().local(spec.global());
                Parameter parameter = new Parameter(
                        spec,
                        piece(values, at, local),
                        piece(gradients, at, local),
                        piece(first, at, local),
                        piece(second, at, local),
                        spec.placement().box(spec.global(), tensorRank),
                        spec.placement().counts(tensorRank));
                if (parameters.put(spec.name(), parameter) != null) {
                    throw new IllegalArgumentException("two parameters are named " + spec.name());
                }
                at += padded(local);
            }
            bucketGradients.add(0, gradients.rows(start, at - start));
            bucketRowSums.add(0, gradients.rows(rowSums < 0 ? at : rowSums, rowSums < 0 ? 0 : at - rowSums));
        }
    }

    private static List<ParameterSpec> rowSumsLast(List<ParameterSpec> bucket) {
        return bucket.stream()
                .sorted(Comparator.comparing(ParameterStorage::isRowSum))
                .toList();
    }

    private static boolean isRowSum(ParameterSpec spec) {
        return spec.gradient() == ParameterSpec.GradientPlacement.SUMMED_OVER_ROWS;
    }

    public Parameter get(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter " + name + "; there are " + parameters.keySet());
        }
        return parameter;
    }

    /** All parameters, in the order of the flat buffers. */
    public List<Parameter> all() {
        return List.copyOf(parameters.values());
    }

    /** All gradients, padding included: [elements]. */
    public Tensor gradients() {
        return gradients;
    }

    /** The gradients of one bucket, by its index in the order of the forward pass: [elements of the bucket]. */
    public Tensor bucketGradients(int bucket) {
        return bucketGradients.get(bucket);
    }

    /** What of {@link #bucketGradients} are sums over the rows that a rank computes; it may be empty. */
    public Tensor bucketRowSums(int bucket) {
        return bucketRowSums.get(bucket);
    }

    public int buckets() {
        return bucketGradients.size();
    }

    /** The index of a parameter's first chunk in the flat buffers. */
    public long firstChunk(Parameter parameter) {
        return (parameter.gradient().offset() - gradients.offset()) / DType.FLOAT32.bytes() / Optimization.CHUNK;
    }

    /** The number of a parameter's chunks. */
    public static long chunks(Parameter parameter) {
        return padded(parameter.gradient().shape()) / Optimization.CHUNK;
    }

    private static Tensor flat(Allocator allocator, String purpose, long elements) {
        Memory memory = allocator.allocate(purpose, elements * DType.FLOAT32.bytes());
        return new Tensor(memory, 0, DType.FLOAT32, Shape.of(elements));
    }

    private static Tensor piece(Tensor flat, long at, Shape shape) {
        return flat.rows(at, shape.elements()).view(shape);
    }

    private static long elements(List<List<ParameterSpec>> buckets) {
        return buckets.stream()
                .flatMap(List::stream)
                .mapToLong(spec -> padded(spec.placement().local(spec.global())))
                .sum();
    }

    private static long padded(Shape shape) {
        return (shape.elements() + Optimization.CHUNK - 1) / Optimization.CHUNK * Optimization.CHUNK;
    }
}
