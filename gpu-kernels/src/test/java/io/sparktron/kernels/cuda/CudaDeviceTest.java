package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Elementwise;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("doubles")
class CudaDeviceTest {
    @Test
    void tellsWhatItIs() {
        try (CudaDevice device = CudaDevice.open(1)) {
            assertThat(device.description())
                    .matches(
                            "cuda: GPU 1 \\(.+\\), \\d+ MiB, compute capability 8\\.0, kernels for compute_80 with CUDA's headers"
                                    + " of .+/toolkit/include, driver for CUDA 12\\.6, NVRTC 12\\.6, cuBLAS 12\\.6\\.1");
            assertThat(device.vocabularyAlignment()).isEqualTo(64);
        }
    }

    @Test
    void thereAreOnlySoMany() {
        for (int ordinal : new int[] {-1, 4}) {
            assertThatThrownBy(() -> CudaDevice.open(ordinal))
                    .isInstanceOf(CudaException.class)
                    .hasMessage("there is no GPU " + ordinal + "; this process sees 4, counted from 0");
        }
    }

    @Test
    void memoryIsZero() {
        try (CudaDevice device = CudaDevice.open(0)) {
            for (int bytes : new int[] {0, 2, 4098, 1 << 20}) {
                try (Memory memory = device.allocator().allocate("test", bytes)) {
                    assertThat(memory.bytes()).isEqualTo(bytes);
                    assertThat(memory.address() % 256).isZero();
                    Tensor all = new Tensor(memory, 0, DType.BFLOAT16, Shape.of(bytes / 2));
                    ByteBuffer here = ByteBuffer.allocate(bytes);
                    device.newQueue("test").read(all, here);
                    assertThat(here.array()).containsOnly(new byte[bytes]);
                }
            }
        }
    }

    @Test
    void withoutMemorySaysForWhat() {
        try (CudaDevice device = CudaDevice.open(0)) {
            Memory held = device.allocator().allocate("something else", 1 << 26);
            assertThatThrownBy(() -> device.allocator().allocate("gradients", 1L << 31))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .message()
                    .matches(
                            "no memory of GPU 0 \\(.+\\) for gradients of 2147483648 bytes: \\d+ of 2147483648 bytes are free;"
                                    + " use more tensor ranks, a smaller train\\.micro-batch or train\\.recompute");
            held.close();
            device.allocator().allocate("gradients", 1 << 26).close();
        }
    }

    /** Each thread drives all devices, whose contexts it changes between. */
    @Test
    void anyThreadDrivesAnyDevice() throws InterruptedException {
        List<CudaDevice> devices = List.of(CudaDevice.open(0), CudaDevice.open(2), CudaDevice.open(0));
        List<Throwable> failures = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int first = t;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 6; i++) {
                    fillAndRead(devices.get((first + i) % devices.size()), 100 * first + i);
                }
            });
            thread.setUncaughtExceptionHandler((failed, e) -> failures.add(e));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        devices.forEach(CudaDevice::close);
        assertThat(failures).isEmpty();
    }

    private static void fillAndRead(CudaDevice device, float value) {
        Queue queue = device.newQueue("test");
        Elementwise elementwise = new CudaElementwise(device);
        try (Memory memory = device.allocator().allocate("test", 1001 * Float.BYTES)) {
            Tensor x = new Tensor(memory, 0, DType.FLOAT32, Shape.of(1001));
            elementwise.fill(queue, x, value);
            ByteBuffer here = ByteBuffer.allocate(1001 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            queue.read(x, here);
            for (int i = 0; i < 1001; i++) {
                assertThat(here.getFloat(i * Float.BYTES)).isEqualTo(value);
            }
        }
    }

    @Test
    void whatIsOfAnotherDeviceIsRefused() {
        try (CudaDevice device = CudaDevice.open(0);
                CudaDevice other = CudaDevice.open(1)) {
            Elementwise elementwise = new CudaElementwise(device);
            Tensor here = tensor(device);
            assertThatThrownBy(() -> elementwise.add(other.newQueue("elsewhere"), here, here))
                    .hasMessageMatching("queue elsewhere is of GPU 1 \\(.+\\), the kernel of GPU 0 \\(.+\\)");
            Tensor host = new Tensor(HostMemory.allocate("test", 20), 0, DType.FLOAT32, Shape.of(5));
            assertThatThrownBy(() -> elementwise.add(device.newQueue("test"), host, host))
                    .hasMessageMatching(
                            "kernel add of .*: parameter 0 lies in memory of the host: FLOAT32\\[5\\] in test at byte 0");
        }
    }

    private static Tensor tensor(CudaDevice device) {
        return new Tensor(device.allocator().allocate("test", 20), 0, DType.FLOAT32, Shape.of(5));
    }

    @Test
    void closingTwiceIsClosingOnce() {
        CudaDevice device = CudaDevice.open(0);
        Memory memory = device.allocator().allocate("test", 16);
        memory.close();
        memory.close();
        device.close();
        device.close();
        CudaDevice.open(0).close();
    }
}
