package io.sparktron.kernels.check;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One run of a check's calls on one backend: brings operands to its device, each to memory of its own, and results back. An operand may begin some elements into its memory,
 * as that of a shard does, so that no kernel may take more alignment for granted than the type's own.
 */
public final class Bench implements AutoCloseable {
    private final Allocations held = new Allocations();
    private final Kernels kernels;
    private final Queue queue;
    private final HostTensors host;
    private final Room room;
    private final int shift;
    private final Map<String, Tensor> outputs = new LinkedHashMap<>(); // on the device
    private final Map<Tensor, Tensor> inputs = new LinkedHashMap<>(); // on the device, on the host

    /**
     * @param host makes what comes back
     * @param shift elements before an operand in its memory
     */
    Bench(Kernels kernels, Queue queue, HostTensors host, int shift) {
        this.kernels = kernels;
        this.queue = queue;
        this.host = host;
        this.room = new Room(host, held.from(kernels.device().allocator()), queue);
        this.shift = shift;
    }

    public Queue queue() {
        return queue;
    }

    public MatrixProducts matrix() {
        return kernels.matrix();
    }

    public Normalization normalization() {
        return kernels.normalization();
    }

    public Attention attention() {
        return kernels.attention();
    }

    public Elementwise elementwise() {
        return kernels.elementwise();
    }

    public Embedding embedding() {
        return kernels.embedding();
    }

    public CrossEntropy crossEntropy() {
        return kernels.crossEntropy();
    }

    public Optimization optimization() {
        return kernels.optimization();
    }

    /** A copy on the device of an operand that no call may change. */
    public Tensor input(Tensor source) {
        Tensor tensor = room.upload("input", source, shift);
        inputs.put(tensor, source);
        return tensor;
    }

    /** A copy on the device of what an operand holds before the calls; what it holds afterwards is a result. */
    public Tensor output(String name, Tensor start) {
        Tensor tensor = room.upload(name, start, shift);
        if (outputs.put(name, tensor) != null) {
            throw new IllegalArgumentException("two results of a check are called " + name);
        }
        return tensor;
    }

    /** Memory in float32 for the calls between themselves, filled with NaN. */
    public Tensor scratch(Shape shape) {
        return room.upload("scratch", host.unset(DType.FLOAT32, shape.toArray()), shift);
    }

    /** Waits for the calls and copies the results to the host. */
    Results results() {
        Results results = new Results();
        outputs.forEach((name, tensor) -> results.put(name, room.download(tensor)));
        return results;
    }

    /** The first input, as it was, of which the calls have changed a bit. */
    Optional<Tensor> changedInput() {
        return inputs.entrySet().stream()
                .filter(input -> !Room.sameBytes(input.getValue(), room.download(input.getKey())))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    @Override
    public void close() {
        held.close();
    }
}
