package io.sparktron.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.parallel.Box;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One rank's parts of logical tensors whose every element has bits of its own: any pattern, also those of NaNs. */
final class RankTensors implements AutoCloseable {
    /** What lies in padding and in what was not loaded. */
    private static final int ELSEWHERE = 0x7fc0dead;

    private final List<NamedTensor> tensors = new ArrayList<>();
    private final List<HostMemory> memories = new ArrayList<>();
    private final Queue queue;

    RankTensors(Queue queue) {
        this.queue = queue;
    }

    /** Adds a part in a tensor of {@code rows} rows, of which those after the box's are padding. */
    void add(String name, Shape global, Box box, long rows, boolean saved) {
        Shape local = box.shape().with(0, rows);
        HostMemory memory = HostMemory.allocate(name, local.elements() * DType.FLOAT32.bytes());
        memories.add(memory);
        Tensor all = new Tensor(memory, 0, DType.FLOAT32, local);
        int[] bits = new int[(int) local.elements()];
        Arrays.fill(bits, ELSEWHERE);
        write(bits, all);
        tensors.add(new NamedTensor(name, global, box, all.rows(0, box.extent()[0]), saved));
    }

    void add(String name, Shape global, Box box, boolean saved) {
        add(name, global, box, box.extent()[0], saved);
    }

    List<NamedTensor> list() {
        return tensors;
    }

    RankTensors fill() {
        tensors.forEach(tensor -> write(expected(tensor), tensor.local()));
        return this;
    }

    void check(String as) {
        for (NamedTensor tensor : tensors) {
            ByteBuffer read = ByteBuffer.allocate((int) tensor.local().bytes()).order(ByteOrder.LITTLE_ENDIAN);
            queue.read(tensor.local(), read);
            int[] bits = new int[(int) tensor.local().elements()];
            read.asIntBuffer().get(bits);
            assertThat(bits).as("%s: %s %s", as, tensor.name(), tensor.box()).isEqualTo(expected(tensor));
        }
    }

    @Override
    public void close() {
        memories.forEach(HostMemory::close);
    }

    private void write(int[] bits, Tensor to) {
        ByteBuffer bytes = ByteBuffer.allocate(bits.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(bits);
        queue.write(bytes, to);
    }

    /** The bits of a part, row-major. */
    private static int[] expected(NamedTensor tensor) {
        int[] bits = new int[(int) tensor.box().elements()];
        for (int i = 0; i < bits.length; i++) {
            long rest = i;
            long flat = 0;
            long stride = 1;
            for (int d = tensor.global().rank() - 1; d >= 0; d--) {
                long extent = tensor.box().extent()[d];
                flat += (tensor.box().start()[d] + rest % extent) * stride;
                rest /= extent;
                stride *= tensor.global().extent(d);
            }
            bits[i] = (int) ((flat + 1) * 0x9e3779b97f4a7c15L >>> 32)
                    ^ tensor.name().hashCode();
        }
        return bits;
    }
}
