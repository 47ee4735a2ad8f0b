package io.sparktron.checkpoint;

import io.sparktron.storage.BlockListener;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A copy, in memory of the host that is there from the beginning, of what a rank saves: training goes on with the state itself while the copy is written. */
final class Snapshot implements AutoCloseable {
    private final List<NamedTensor> state;
    private final List<NamedTensor> copies = new ArrayList<>();
    private final HostMemory memory;

    /**
     * @param tensors this rank's parts; those that another rank saves are left out
     */
    Snapshot(List<NamedTensor> tensors) {
        this.state = tensors.stream().filter(NamedTensor::isWritten).toList();
        this.memory = HostMemory.allocate("snapshot of the checkpoint", bytes(tensors));
        long offset = 0;
        for (NamedTensor tensor : state) {
            DType type = tensor.local().type();
            copies.add(
                    tensor.with(new Tensor(memory, offset, type, tensor.local().shape())));
            offset += tensor.local().bytes();
        }
    }

    /** Of the copy of these parts. */
    static long bytes(List<NamedTensor> tensors) {
        return tensors.stream()
                .filter(NamedTensor::isWritten)
                .mapToLong(tensor -> tensor.local().bytes())
                .sum();
    }

    /**
     * Waits for the device and copies the state as it is then.
     *
     * @param listener hears of each span that is copied: all of it may take longer than peers wait
     */
    void take(Queue queue, BlockListener listener) {
        for (int i = 0; i < copies.size(); i++) {
            Tensor from = state.get(i).local().view(state.get(i).local().elements());
            Tensor to = copies.get(i).local();
            long most = HostMemory.SPAN / from.type().bytes();
            for (long first = 0; first < from.elements(); first += most) {
                Tensor part = from.rows(first, Math.min(most, from.elements() - first));
                queue.read(part, window(to.offset() + first * from.type().bytes(), part.bytes()));
                listener.blockPassed();
            }
        }
    }

    List<NamedTensor> copies() {
        return copies;
    }

    /** Reads a part of a copy; a {@link TensorSource}. */
    void read(Tensor copy, ByteBuffer destination) {
        destination.put(destination.position(), window(copy.offset(), copy.bytes()), 0, (int) copy.bytes());
    }

    /**
     * @param bytes at most {@link HostMemory#SPAN}
     */
    private ByteBuffer window(long offset, long bytes) {
        return memory.window(offset).slice(HostMemory.inWindow(offset), (int) bytes);
    }

    @Override
    public void close() {
        memory.close();
    }
}
