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
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of a check's calls on one backend: brings operands to its device, each to memory of its own, and results back. An operand may begin some elements into its memory,
 * as that of a shard does, so that no kernel may take more alignment for granted than the type's own.
 */
public final class Bench implements AutoCloseable {
    private final Allocations held = new Allocations();
    private final Allocator memory;
    private final Kernels kernels;
    private final Queue queue;
    private final int shift;
    private final Map<String, Tensor> outputs = new LinkedHashMap<>(); // on the device
    private final Map<Tensor, Tensor> inputs = new LinkedHashMap<>(); // on the device, on the host

    /**
     * @param shift elements before an operand in its memory
     */
    Bench(Kernels kernels, Queue queue, int shift) {
        this.kernels = kernels;
        this.queue = queue;
        this.shift = shift;
        this.memory = held.from(kernels.device().allocator());
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
    public Tensor input(Tensor host) {
        Tensor tensor = upload("input", host);
        inputs.put(tensor, host);
        return tensor;
    }

    /** A copy on the device of what an operand holds before the calls; what it holds afterwards is a result. */
    public Tensor output(String name, Tensor start) {
        Tensor tensor = upload(name, start);
        if (outputs.put(name, tensor) != null) {
            throw new IllegalArgumentException("two results of a check are called " + name);
        }
        return tensor;
    }

    /** Memory for the calls between themselves, filled with NaN. */
    public Tensor scratch(Shape shape) {
        Tensor tensor = allocate("scratch", DType.FLOAT32, shape);
        if (shape.elements() > 0) {
            ByteBuffer poison = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
            while (poison.hasRemaining()) {
                poison.put((byte) -1);
            }
            queue.write(poison.flip(), tensor);
        }
        return tensor;
    }

    /** Waits for the calls and copies the results to the host. */
    Results results(HostTensors host) {
        Results results = new Results();
        outputs.forEach((name, tensor) -> results.put(name, download(tensor, host)));
        return results;
    }

    /** The first input, as it was, of which the calls have changed a bit; null if there is none. */
    Tensor changedInput() {
        for (Map.Entry<Tensor, Tensor> input : inputs.entrySet()) {
            if (!bytes(input.getValue()).equals(download(input.getKey()))) {
                return input.getValue();
            }
        }
        return null;
    }

    private Tensor upload(String purpose, Tensor host) {
        Tensor tensor = allocate(purpose, host.type(), host.shape());
        if (host.elements() > 0) {
            queue.write(bytes(host), tensor);
        }
        return tensor;
    }

    private Tensor allocate(String purpose, DType type, Shape shape) {
        Memory own = memory.allocate(purpose, (shape.elements() + shift) * type.bytes());
        return new Tensor(own, (long) shift * type.bytes(), type, shape);
    }

    private Tensor download(Tensor tensor, HostTensors host) {
        Tensor copy = host.zeros(tensor.type(), tensor.shape().toArray());
        bytes(copy).put(download(tensor));
        return copy;
    }

    private ByteBuffer download(Tensor tensor) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        if (tensor.elements() > 0) {
            queue.read(tensor, bytes);
        }
        return bytes;
    }

    /** The memory of an operand on the host, which makes operands at the start of memory of their own. */
    private static ByteBuffer bytes(Tensor host) {
        return ((HostMemory) host.memory()).window(0).slice(0, Math.toIntExact(host.bytes()));
    }

    @Override
    public void close() {
        held.close();
    }
}
