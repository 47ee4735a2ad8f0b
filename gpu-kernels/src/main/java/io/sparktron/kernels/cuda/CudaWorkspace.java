package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/**
 * Scratch memory that a kernel needs between its launches: one allocation of a device, made before the first step, whatever the shapes are; who needs more takes it in
 * parts. A call's contents are dead when its last launch has run, so calls of one queue follow each other by themselves; where the queue changes, the new one
 * waits for what the old one holds.
 */
final class CudaWorkspace {
    /** 128 chunks of 16,384 column sums in FLOAT32. */
    static final long DEFAULT_BYTES = 8L << 20;

    private final Memory memory;
    private Queue last;

    CudaWorkspace(CudaDevice device, long bytes) {
        this.memory = device.allocator().allocate("workspace of kernels", bytes);
    }

    /** Elements that it holds. */
    long capacity(DType type) {
        return memory.bytes() / type.bytes();
    }

    /** All of it, for launches that are enqueued on this queue before the next call. */
    Tensor on(Queue queue, DType type) {
        if (last != null && last != queue) {
            last.letFollow(queue);
        }
        last = queue;
        return new Tensor(memory, 0, type, Shape.of(capacity(type)));
    }

    void close() {
        memory.close();
    }
}
