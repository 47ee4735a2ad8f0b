package io.sparktron.kernels.check;

import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;

/** Brings operands from the host to a device and back, each in memory of its own. */
final class Room {
    private final HostTensors host;
    private final Allocator device;
    private final Queue queue;

    Room(HostTensors host, Allocator device, Queue queue) {
        this.host = host;
        this.device = device;
        this.queue = queue;
    }

    /** A copy on the device. */
    Tensor upload(Tensor source) {
        return upload("operand", source, 0);
    }

    /**
     * A copy on the device.
     *
     * @param shift elements before it in its memory
     */
    Tensor upload(String purpose, Tensor source, int shift) {
        DType type = source.type();
        Tensor tensor = new Tensor(
                device.allocate(purpose, (source.elements() + shift) * type.bytes()),
                (long) shift * type.bytes(),
                type,
                source.shape());
        write(source, tensor);
        return tensor;
    }

    /** Memory on the device that holds NaN. */
    Tensor unset(DType type, long... extents) {
        return upload(host.unset(type, extents));
    }

    /** Enqueues a copy to the device. */
    void write(Tensor source, Tensor destination) {
        if (source.elements() > 0) {
            queue.write(bytes(source), destination);
        }
    }

    /** Waits for the queue; a copy on the host. */
    Tensor download(Tensor source) {
        Tensor copy = host.zeros(source.type(), source.shape().toArray());
        if (source.elements() > 0) {
            queue.read(source, bytes(copy));
        }
        return copy;
    }

    /** Whether both hold the same bytes. */
    static boolean sameBytes(Tensor host, Tensor other) {
        return bytes(host).equals(bytes(other));
    }

    /** The memory of an operand on the host, which has memory of its own from the start on. */
    static ByteBuffer bytes(Tensor host) {
        return ((HostMemory) host.memory()).window(0).slice(0, Math.toIntExact(host.bytes()));
    }
}
