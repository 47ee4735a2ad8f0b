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
 * All parameters of a rank and what training keeps beside them, each in one flat buffer: values and gradients of every parameter; Adam's moments, and FLOAT32 masters where
 * the values are of a 16-bit type, of what this rank's optimizer updates. Buckets lie in reverse order of the forward pass, which is the order in which backward completes
 * their gradients, so each can be reduced while backward goes on.
 *
 * <p>Every parameter starts on a multiple of {@link Optimization#CHUNK} elements and is zero-padded to one, so no chunk of the gradient norm depends on its neighbours; a
 * bucket that ranks divide is padded so that each gets equally many whole chunks. Parameters whose gradients are sums over rows end their bucket, so that one
 * collective reaches them all. Who gives the memory frees it.
 */
public final class ParameterStorage {
    private static final long CHUNK = Optimization.CHUNK;

    /**
     * Where the buffers come from.
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
    private final List<Parameter> all;
    private final List<Bucket> buckets;
    private final OptimizerShare share;
    private final Tensor values;
    private final Tensor gradients;
    private final Tensor masters; // of what this rank owns, or the values where they are FLOAT32
    private final Tensor firstMoments; // of what this rank owns
    private final Tensor secondMoments;

    /**
     * @param buckets the parameters in the order of the forward pass, grouped into what is reduced at once
     * @param compute type of the values
     */
    public ParameterStorage(
            List<List<ParameterSpec>> buckets, int tensorRank, OptimizerShare share, DType compute, Source source) {
        this.share = share;
        long elements = buckets.stream().mapToLong(this::elements).sum();
        long owned = elements / share.of();
        values = flat(source.shared(), "parameters", compute, elements);
        gradients = flat(source.gradients(), "gradients", DType.FLOAT32, elements);
        firstMoments = flat(source.moments(), "first moments", DType.FLOAT32, owned);
        secondMoments = flat(source.moments(), "second moments", DType.FLOAT32, owned);
        masters = compute == DType.FLOAT32 ? null : flat(source.own(), "master weights", DType.FLOAT32, owned);
        List<Bucket> added = new ArrayList<>();
        long start = 0;
        for (int bucket = buckets.size() - 1; bucket >= 0; bucket--) {
            added.add(0, add(buckets.get(bucket), tensorRank, start));
            start += elements(buckets.get(bucket));
        }
        this.buckets = List.copyOf(added);
        this.all = List.copyOf(parameters.values());
    }

    private Bucket add(List<ParameterSpec> bucket, int tensorRank, long start) {
        long end = start + elements(bucket);
        long owned = (end - start) / share.of();
        long firstOwned = start + share.rank() * owned;
        long ownedBefore = start / share.of(); // elements of earlier buckets that this rank owns
        long at = start;
        long rowSums = -1;
        for (ParameterSpec spec : rowSumsLast(bucket)) {
            if (rowSums < 0 && isRowSum(spec)) {
                rowSums = at;
            }
            Shape local = spec.placement().local(spec.global());
            Box box = spec.placement().box(spec.global(), tensorRank);
            // of the parameter's tensor, what lies in this rank's range
            long first = clamp(firstOwned - at, local.elements());
            long last = clamp(firstOwned + owned - at, local.elements());
            long place = ownedBefore + at + first - firstOwned;
            OwnedPart part = new OwnedPart(
                    first,
                    Math.max(0, Math.min(last, box.elements()) - first),
                    values.rows(at + first, last - first),
                    masters == null ? values.rows(at + first, last - first) : piece(masters, place, first, last),
                    gradients.rows(at + first, last - first),
                    piece(firstMoments, place, first, last),
                    piece(secondMoments, place, first, last));
            Parameter parameter = new Parameter(
                    spec,
                    values.rows(at, local.elements()).view(local),
                    gradients.rows(at, local.elements()).view(local),
                    part,
                    box,
                    spec.placement().counts(tensorRank));
            if (parameters.put(spec.name(), parameter) != null) {
                throw new IllegalArgumentException("two parameters are named " + spec.name());
            }
            at += padded(local);
        }
        return new Bucket(
                values.rows(start, end - start),
                gradients.rows(start, end - start),
                rowSums < 0 ? gradients.rows(at, 0) : gradients.rows(rowSums, at - rowSums),
                firstOwned - start,
                owned);
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
        return all;
    }

    /** All gradients, padding included: [elements]. */
    public Tensor gradients() {
        return gradients;
    }

    /** In the order of the forward pass. */
    public List<Bucket> buckets() {
        return buckets;
    }

    /** What this rank's optimizer updates. */
    public OptimizerShare share() {
        return share;
    }

    /** Whether the values are rounded from FLOAT32 masters. */
    public boolean hasMasters() {
        return masters != null;
    }

    /** The index in the flat buffers of the chunk in which a part of them starts, which starts on one. */
    public long firstChunk(Tensor gradientPart) {
        return (gradientPart.offset() - gradients.offset()) / DType.FLOAT32.bytes() / CHUNK;
    }

    /** The number of a parameter's chunks. */
    public static long chunks(Parameter parameter) {
        return padded(parameter.gradient().shape()) / CHUNK;
    }

    private static List<ParameterSpec> rowSumsLast(List<ParameterSpec> bucket) {
        return bucket.stream()
                .sorted(Comparator.comparing(ParameterStorage::isRowSum))
                .toList();
    }

    private static boolean isRowSum(ParameterSpec spec) {
        return spec.gradient() == ParameterSpec.GradientPlacement.SUMMED_OVER_ROWS;
    }

    private static Tensor flat(Allocator allocator, String purpose, DType type, long elements) {
        Memory memory = allocator.allocate(purpose, elements * type.bytes());
        return new Tensor(memory, 0, type, Shape.of(elements));
    }

    /** Elements {@code first ... last - 1} of a parameter whose element {@code first} lies at {@code place}; where there are none, the place means nothing. */
    private static Tensor piece(Tensor owned, long place, long first, long last) {
        return owned.rows(first == last ? 0 : place, last - first);
    }

    private static long clamp(long index, long elements) {
        return Math.max(0, Math.min(index, elements));
    }

    /** Of a bucket, with its padding. */
    private long elements(List<ParameterSpec> bucket) {
        long chunks = bucket.stream()
                .mapToLong(spec -> padded(spec.placement().local(spec.global())) / CHUNK)
                .sum();
        return (chunks + share.of() - 1) / share.of() * share.of() * CHUNK;
    }

    private static long padded(Shape shape) {
        return (shape.elements() + CHUNK - 1) / CHUNK * CHUNK;
    }
}
