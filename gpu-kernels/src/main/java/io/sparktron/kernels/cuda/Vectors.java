package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/** How {@code vector.cuh} walks tensors: 16 bytes at a time, where they lie on 16 bytes. */
final class Vectors {
    /** Lanes of a warp. */
    static final int WARP = 32;

    private static final int BYTES = 16;
    private static final int ROWS = 8; // of threads in a block
    private static final int THREADS = WARP * ROWS;
    /** A block and its successors of an SM: 4 run at a time, and enough follow to even out their ends. */
    private static final long BLOCKS = 16;

    private static final int ROW_THREADS = 512;

    private Vectors() {}

    /** Elements of one access. */
    static int length(DType type) {
        return BYTES / type.bytes();
    }

    /** What a kernel's parameter {@code wide} says: 1 if all rows of that many columns begin on 16 bytes in all these tensors, else 0. */
    static int wide(long columns, Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (tensor.address() % BYTES != 0 || columns * tensor.type().bytes() % BYTES != 0) {
                return 0;
            }
        }
        return 1;
    }

    /** A launch over {@code rows} rows of {@code columns} elements as {@code Place} divides them: the rest of the rows follows the first. */
    static CudaLaunch rows(CudaFunction function, CudaDevice device, Queue queue, DType type, long rows, long columns) {
        long across = divide(divide(columns, length(type)), WARP);
        long most = Math.max(1, BLOCKS * device.multiprocessors() / Math.max(1, across));
        return function.launch(queue)
                .grid(across, Math.min(divide(rows, ROWS), most))
                .threads(WARP, ROWS);
    }

    /** A launch over {@code count} elements of which a thread takes {@code each} at a time. */
    static CudaLaunch flat(CudaFunction function, CudaDevice device, Queue queue, long count, int each) {
        long blocks = divide(count, (long) THREADS * each);
        return function.launch(queue)
                .grid(Math.min(blocks, BLOCKS * device.multiprocessors()))
                .threads(THREADS);
    }

    /** A launch of a block for each of {@code rows} rows. */
    static CudaLaunch blockPerRow(CudaFunction function, Queue queue, DType type, long rows, long columns) {
        long warps = Math.max(1, divide(divide(columns, length(type)), WARP));
        return function.launch(queue).grid(rows).threads((int) Math.min(warps * WARP, ROW_THREADS));
    }

    /** The elements from {@code first} on, flat. */
    static Tensor from(Tensor tensor, long first) {
        DType type = tensor.type();
        return new Tensor(
                tensor.memory(), tensor.offset() + first * type.bytes(), type, Shape.of(tensor.elements() - first));
    }

    /** Rounded up. */
    static long divide(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }
}
