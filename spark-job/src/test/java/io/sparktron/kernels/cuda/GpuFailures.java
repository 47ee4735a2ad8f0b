package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/** Failures of GPUs. */
public final class GpuFailures {
    private GpuFailures() {}

    /** The error without its cause. */
    public static CudaException error(int code, boolean gpuLost) {
        return new CudaException("cuEventSynchronize failed with " + code, code, gpuLost);
    }

    /** Makes a GPU fail as of 719; this process can use it no more. */
    public static void lose(int ordinal) {
        try (CudaDevice device = CudaDevice.open(ordinal);
                Memory memory = device.allocator().allocate("x", Integer.BYTES)) {
            Queue queue = device.newQueue("test");
            device.functions()
                    .get("dying.cu", DType.FLOAT32, "launch_failed")
                    .launch(queue)
                    .pass(new Tensor(memory, 0, DType.INT32, Shape.of(1)))
                    .pass(0)
                    .go();
            queue.awaitHost();
        }
    }
}
