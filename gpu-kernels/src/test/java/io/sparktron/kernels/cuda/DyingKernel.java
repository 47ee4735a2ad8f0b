package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Kernels;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/**
 * A program that kills its GPU, and says what it hears of that: before, at the end of the kernel, when it asks, of cuBLAS, when it closes the
 * device, and of another that it opens then.
 */
final class DyingKernel {
    private DyingKernel() {}

    public static void main(String[] arguments) {
        CudaDevice device = CudaDevice.open(0);
        Kernels kernels = new CudaKernels(device, DType.FLOAT32);
        Queue queue = device.newQueue("test");
        Tensor x = tensor(device, DType.FLOAT32);
        Tensor product = tensor(device, DType.FLOAT32);
        kernels.matrix().multiply(queue, false, x, false, x, 0, product);
        queue.awaitHost();
        System.out.println(device.loss().map(DyingKernel::line).orElse("none"));
        CudaLaunch launch = device.functions()
                .get("dying.cu", DType.FLOAT32, arguments[0])
                .launch(queue)
                .pass(tensor(device, DType.INT32));
        (arguments[0].equals("launch_failed") ? launch.pass(0) : launch.pass(1L << 20)).go();
        say(queue::awaitHost);
        System.out.println(device.loss().map(DyingKernel::line).orElse("none"));
        say(() -> kernels.matrix().multiply(queue, false, x, false, x, 0, product));
        say(device::close);
        CudaDevice again = CudaDevice.open(0);
        System.out.println(again.loss().map(DyingKernel::line).orElse("none"));
        again.newQueue("test").awaitHost();
    }

    private static Tensor tensor(CudaDevice device, DType type) {
        return new Tensor(device.allocator().allocate("x", 16), 0, type, Shape.of(2, 2));
    }

    private static void say(Runnable call) {
        try {
            call.run();
            System.out.println("nothing");
        } catch (CudaException e) {
            System.out.println(line(e));
        }
    }

    private static String line(CudaException e) {
        return (e.gpuLost() ? "lost: " : "defect: ") + e.getMessage();
    }
}
