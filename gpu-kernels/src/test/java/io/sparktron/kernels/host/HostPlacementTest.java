package io.sparktron.kernels.host;

import static io.sparktron.kernels.Tensors.normal;
import static io.sparktron.kernels.Tensors.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.Tensors;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where a tensor lies in memory changes no bit. */
class HostPlacementTest {
    private static final long GIB = 1L << 30;

    private final HostDevice device = new HostDevice(2);
    private final Kernels kernels = new HostKernels(device);
    private final Queue queue = device.newQueue("test");

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void oddOffsets() {
        try (HostMemory memory = HostMemory.allocate("test", 1 << 22)) {
            double[] expected = values(compute(memory, 0));
            for (long offset : new long[] {4, 12, 60, 64 + 4}) {
                assertThat(values(compute(memory, offset))).isEqualTo(expected);
            }
        }
    }

    /** Untouched pages of a mapping take no memory. The tensors lie on both sides of window borders, far beyond 2 GiB. */
    @Test
    void offsetsBeyondTwoGibibytes() {
        try (HostMemory memory = HostMemory.allocate("test", 5 * GIB)) {
            double[] expected = values(compute(memory, 0));
            for (long border : new long[] {GIB / 2, GIB, 2 * GIB, 4 * GIB + GIB / 2}) {
                assertThat(values(compute(memory, border - 300_004))).isEqualTo(expected);
            }
        }
    }

    @Test
    void writeAndReadAcrossABorder() {
        try (HostMemory memory = HostMemory.allocate("test", 3 * GIB)) {
            Tensor tensor = new Tensor(memory, 2 * GIB - 12, DType.INT32, Shape.of(7));
            ByteBuffer source = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 7; i++) {
                source.putInt(4 * i, i + 1);
            }
            queue.write(source, tensor);
            ByteBuffer destination = ByteBuffer.allocateDirect(32).position(4);
            queue.read(tensor, destination);
            assertThat(destination.slice()).isEqualTo(source);
            assertThat(destination.position()).isEqualTo(4);
            assertThat(Elements.getInt(tensor, 6)).isEqualTo(7);
        }
    }

    @Test
    void wrongBuffersAndMemoriesAreRefused() {
        Tensor tensor = normal(1, 3);
        assertThatThrownBy(() -> queue.write(ByteBuffer.allocate(8), tensor))
                .hasMessageStartingWith("a buffer with 8 bytes remaining for the 12 of FLOAT32[3]");
        assertThatThrownBy(() -> queue.read(tensor, ByteBuffer.allocate(8)))
                .hasMessageStartingWith("a buffer with 8 bytes remaining for the 12 of FLOAT32[3]");
        Tensor elsewhere = new Tensor(new DeviceMemory(), 0, DType.FLOAT32, Shape.of(3));
        assertThatThrownBy(() -> kernels.elementwise().add(queue, elsewhere, tensor))
                .hasMessageContaining("is not in host memory");
        assertThatThrownBy(() -> Elements.getInt(tensor, 0)).hasMessageContaining("expected INT32");
        assertThatThrownBy(() -> Elements.get(tensor, 3)).hasMessageStartingWith("element 3 of FLOAT32[3]");
    }

    /** One after the other, a product, a normalization and a GELU of tensors that follow each other from {@code offset} on. */
    private Tensor compute(HostMemory memory, long offset) {
        Stack stack = new Stack(memory, offset);
        Tensor a = stack.normal(1, 113, 37);
        Tensor b = stack.normal(2, 531, 37);
        Tensor c = stack.zeros(113, 531);
        Tensor weight = stack.normal(3, 531);
        Tensor bias = stack.normal(4, 531);
        Tensor mean = stack.zeros(113);
        Tensor inverse = stack.zeros(113);
        Tensor y = stack.zeros(113, 531);
        Tensor z = stack.zeros(113, 531);
        kernels.matrix().multiply(queue, false, a, true, b, 0, c);
        kernels.normalization().forward(queue, c, weight, bias, 1e-5f, y, mean, inverse);
        kernels.elementwise().biasGelu(queue, y, bias, z);
        kernels.elementwise().biasBackward(queue, z, bias);
        kernels.elementwise().bias(queue, z, bias, z);
        return z;
    }

    private static final class Stack {
        private final HostMemory memory;
        private long top;

        Stack(HostMemory memory, long offset) {
            this.memory = memory;
            this.top = offset;
        }

        Tensor zeros(long... extents) {
            Tensor tensor = new Tensor(memory, top, DType.FLOAT32, Shape.of(extents));
            top += tensor.bytes();
            return tensor;
        }

        Tensor normal(long seed, long... extents) {
            Tensor tensor = zeros(extents);
            double[] numbers = values(Tensors.normal(seed, extents));
            for (int i = 0; i < numbers.length; i++) {
                Elements.set(tensor, i, numbers[i]);
            }
            return tensor;
        }
    }

    private static final class DeviceMemory implements Memory {
        @Override
        public String purpose() {
            return "elsewhere";
        }

        @Override
        public long bytes() {
            return 64;
        }

        @Override
        public long address() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
