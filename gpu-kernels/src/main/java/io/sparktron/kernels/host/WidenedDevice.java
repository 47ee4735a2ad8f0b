package io.sparktron.kernels.host;

import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.List;

/** The host's device with the memory in which operands are widened, as much as the largest call so far needed. */
final class WidenedDevice implements Device {
    private final HostDevice host;
    private Memory scratch;

    WidenedDevice(HostDevice host) {
        this.host = host;
    }

    /** An empty frame with room for all of these in float32. */
    Frame scratch(List<Tensor> tensors) {
        long bytes = scratchBytes(tensors);
        if (scratch == null || scratch.bytes() < bytes) {
            free();
            scratch = host.allocator().allocate("widened 16-bit operands", bytes);
        }
        return new Frame(scratch);
    }

    /** Bytes of such a frame. */
    static long scratchBytes(List<Tensor> tensors) {
        return tensors.stream()
                .mapToLong(tensor -> tensor.elements() * DType.FLOAT32.bytes() + Frame.ALIGNMENT)
                .sum();
    }

    private void free() {
        if (scratch != null) {
            scratch.close();
            scratch = null;
        }
    }

    @Override
    public String description() {
        return host.description() + ", 16-bit operands in float32";
    }

    @Override
    public Allocator allocator() {
        return host.allocator();
    }

    @Override
    public Queue newQueue(String name) {
        return host.newQueue(name);
    }

    @Override
    public int vocabularyAlignment() {
        return host.vocabularyAlignment();
    }

    @Override
    public void close() {
        free();
        host.close();
    }
}
